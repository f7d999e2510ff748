package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.audio.AudioFiles;
import io.github.whisperspeedtest.audio.AudioSummary;
import io.github.whisperspeedtest.audio.WavRecording;
import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.spark.RecordingFile.UnreadableException;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.worker.JobEnd;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.TaskContext;
import org.apache.spark.util.TaskCompletionListener;
import org.jspecify.annotations.Nullable;

/** Cuts one long recording into pieces, which other tasks transcribe. */
final class CutTask implements TaskCompletionListener {
    /** The part in which a transcription in one go would detect the language: Whisper's window. */
    private static final int LANGUAGE_SAMPLES = 30 * Audio.SAMPLE_RATE;

    private final Recording recording;
    private final String path;
    private final SparkOptions options;
    private @Nullable PieceCutter cutter;

    private CutTask(Recording recording, String path, SparkOptions options) {
        this.recording = recording;
        this.path = path;
        this.options = options;
    }

    /**
     * Returns the pieces of a recording in order, each read when it is asked for; one without audio if the recording cannot be read.
     *
     * <p>Memory does not grow with the recording; Spark's temporary directories need room for 115 MB an hour.
     */
    static Iterator<Piece> cut(Recording recording, SparkOptions options, Configuration hadoop)
            throws InterruptedException {
        String path = String.valueOf(recording.path);
        CutTask task = new CutTask(recording, path, options);
        TaskContext.get().addTaskCompletionListener(task);
        try (RecordingFile file = RecordingFile.of(path, recording.found, hadoop)) {
            return task.cut(file.path());
        } catch (UnreadableException e) {
            return List.of(Piece.unreadable(recording, String.valueOf(e.getMessage())))
                    .iterator();
        }
    }

    private Iterator<Piece> cut(Path file) throws InterruptedException {
        AudioSummary decoded;
        try {
            decoded = AudioFiles.decode(path, file, this::attempt);
        } catch (AudioException e) {
            return List.of(Piece.unreadable(recording, String.valueOf(e.getMessage())))
                    .iterator();
        }
        List<PieceCutter.Cut> cuts = Objects.requireNonNull(cutter).finish();
        @Nullable String language = language(cuts.get(0).file());
        Iterator<PieceCutter.Cut> remaining = cuts.iterator();
        return new Iterator<>() {
            private int index;

            @Override
            public boolean hasNext() {
                return remaining.hasNext();
            }

            @Override
            public Piece next() {
                PieceCutter.Cut cut = remaining.next();
                Piece piece = new Piece(
                        recording,
                        index,
                        cut.start(),
                        cut.end(),
                        read(cut.file()),
                        language,
                        index == 0 ? decoded.warnings() : List.of(),
                        null);
                RecordingFile.delete(cut.file());
                index++;
                return piece;
            }
        };
    }

    /** ffmpeg may decode again from the start what a decoder in Java could not. */
    private PieceCutter attempt() {
        delete();
        PieceCutter next = new PieceCutter(options.pieceLength(), RecordingFile::temporary);
        cutter = next;
        return next;
    }

    @Override
    public void onTaskCompletion(TaskContext context) {
        delete();
    }

    private void delete() {
        if (cutter != null) {
            cutter.delete();
        }
    }

    /** Returns the language of the start of the recording, so that its pieces do not disagree; null if it is given or cannot be found. */
    private @Nullable String language(Path firstPiece) throws InterruptedException {
        TranscribeOptions transcribe = options.transcribe();
        if (!transcribe.language().equals(Language.auto())) {
            return null;
        }
        Path start = RecordingFile.temporary();
        try {
            Audio audio = AudioFiles.read(firstPiece);
            float[] samples = new float[(int) Math.min(LANGUAGE_SAMPLES, audio.sampleCount())];
            audio.read(0, samples, 0, samples.length);
            try (WavRecording wav = WavRecording.create(start)) {
                wav.accept(samples, 0, samples.length);
            }
            ExecutorModel model = ExecutorModel.of(options);
            TranscribeOptions once =
                    transcribe.toBuilder().temperatures(List.of(0.0)).build();
            ExecutorModel.Call call = model.start(path, start, once);
            try {
                return call.await() instanceof JobEnd.Transcribed transcribed
                        ? transcribed.transcription().language()
                        : null;
            } finally {
                call.cancel();
            }
        } finally {
            RecordingFile.delete(start);
        }
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read '" + file + "', which this task has written.", e);
        }
    }
}
