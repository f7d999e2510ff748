package io.github.whisperspeedtest.worker;

/** A recording that is queued or being transcribed. */
public interface Job {
    /** Cancels the job. It ends soon with {@link JobEnd.Reason#CANCELLED}, unless it has ended already. Idempotent; does not wait. */
    void cancel();
}
