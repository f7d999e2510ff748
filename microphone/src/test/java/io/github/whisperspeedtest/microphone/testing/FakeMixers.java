package io.github.whisperspeedtest.microphone.testing;

import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.Line;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.Mixer;
import javax.sound.sampled.TargetDataLine;
import javax.sound.sampled.spi.MixerProvider;

/** Microphones under the control of a test, which Java Sound finds as it finds real ones. */
public final class FakeMixers extends MixerProvider {
    private static final Map<String, Function<AudioFormat, FakeLine>> DEVICES = new LinkedHashMap<>();

    /** Created by Java Sound. */
    public FakeMixers() {}

    /** What a line does. */
    public interface FakeLine {
        /** Reads as {@link TargetDataLine#read}. */
        int read(byte[] buffer, int offset, int length) throws InterruptedException;

        /** Closes as {@link Line#close}. */
        default void close() throws InterruptedException {}
    }

    /**
     * Adds a device.
     *
     * @param opening returns the line for a format, null if the device does not have it
     */
    public static void add(String name, Function<AudioFormat, FakeLine> opening) {
        DEVICES.put(name, opening);
    }

    /** Removes all devices. */
    public static void clear() {
        DEVICES.clear();
    }

    @Override
    public Mixer.Info[] getMixerInfo() {
        return DEVICES.keySet().stream().map(Info::new).toArray(Mixer.Info[]::new);
    }

    @Override
    public Mixer getMixer(Mixer.Info info) {
        if (info != null && !DEVICES.containsKey(info.getName())) {
            throw new IllegalArgumentException("not a fake");
        }
        return (Mixer) Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Mixer.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "getMixerInfo" -> info;
                    case "getTargetLineInfo" -> new Line.Info[] {new Line.Info(TargetDataLine.class)};
                    case "getSourceLineInfo" -> new Line.Info[0];
                    case "isLineSupported" -> true;
                    case "getLine" -> line(info.getName(), (DataLine.Info) arguments[0]);
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static TargetDataLine line(String name, DataLine.Info wanted) {
        AudioFormat format = wanted.getFormats()[0];
        FakeLine fake = DEVICES.get(name).apply(format);
        return (TargetDataLine) Proxy.newProxyInstance(
                FakeMixers.class.getClassLoader(),
                new Class<?>[] {TargetDataLine.class},
                (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "open":
                            if (fake == null) {
                                throw new LineUnavailableException("format not supported");
                            }
                            return null;
                        case "getFormat":
                            return format;
                        case "read":
                            return fake.read((byte[]) arguments[0], (int) arguments[1], (int) arguments[2]);
                        case "close":
                            fake.close();
                            return null;
                        default:
                            return null;
                    }
                });
    }

    private static final class Info extends Mixer.Info {
        Info(String name) {
            super(name, "test", name + " of the test", "1");
        }
    }
}
