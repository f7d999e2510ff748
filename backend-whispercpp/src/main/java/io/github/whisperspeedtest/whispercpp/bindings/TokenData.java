package io.github.whisperspeedtest.whispercpp.bindings;

import com.sun.jna.Structure;
import com.sun.jna.Structure.FieldOrder;

/** {@code struct whisper_token_data}, the same in all releases from 1.7.1 to 1.9.3; times are hundredths of a second. */
@FieldOrder({"id", "tid", "p", "plog", "pt", "ptsum", "t0", "t1", "t_dtw", "vlen"})
public class TokenData extends Structure {
    public int id;
    public int tid;
    public float p;
    public float plog;
    public float pt;
    public float ptsum;
    public long t0;
    public long t1;
    public long t_dtw;
    public float vlen;

    /** The form that functions return. */
    public static final class ByValue extends TokenData implements Structure.ByValue {}
}
