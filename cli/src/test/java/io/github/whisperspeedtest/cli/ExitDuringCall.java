package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import io.github.whisperspeedtest.transcription.TranscriptionListener;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A program that uses the library and exits while one of its threads transcribes. */
final class ExitDuringCall {
    static final int CODE = 7;

    private ExitDuringCall() {}

    /** Arguments: an implementation, a long recording, and the milliseconds of work before the exit. */
    public static void main(String[] arguments) throws InterruptedException {
        Transcriber transcriber = WhisperSpeedtest.create().open(arguments[0], "micro");
        Audio audio = AudioFiles.read(Path.of(arguments[1]));
        CountDownLatch working = new CountDownLatch(1);
        Thread worker = new Thread(
                () -> transcriber.transcribe(audio, TranscribeOptions.defaults(), new TranscriptionListener() {
                    @Override
                    public void onProgress(double fraction) {
                        working.countDown();
                    }
                }),
                "worker");
        worker.setDaemon(true);
        worker.setUncaughtExceptionHandler((thread, failure) -> System.out.println("worker: " + failure));
        worker.start();
        if (!working.await(1, TimeUnit.MINUTES)) {
            throw new IllegalStateException("The transcription did not begin");
        }
        Thread.sleep(Long.parseLong(arguments[2]));
        System.exit(CODE);
    }
}
