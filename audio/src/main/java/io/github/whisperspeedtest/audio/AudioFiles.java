package io.github.whisperspeedtest.audio;

import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.AudioTooLongException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads audio files as 16 kHz mono.
 *
 * <p>The format is detected from the content, not from the file name. WAV (8, 16, 24 or 32-bit integer, 32 or 64-bit
 * floating point, A-law, mu-law; RF64, Wave64), FLAC, MPEG audio (MP3 and layers I and II) and Ogg Vorbis are decoded
 * in Java; other formats are decoded by an {@code ffmpeg} on the {@code PATH}. Sample rates from 4 to 384 kHz and up to
 * 32 channels are supported. Channels are averaged; if they cancel out, one channel is used. A low-pass filter removes
 * frequencies above 8 kHz. Samples beyond full scale in floating-point files are kept. Files are decoded in blocks, so
 * memory use is that of the {@link Audio} plus a few buffers, and with {@link #decode} that of the buffers alone.
 *
 * <p>If a file is truncated or damaged, or its header contradicts its content, the readable part is returned and
 * {@link Audio#warnings()} describes the loss. If the Java decoder finds no audio in a file, ffmpeg is tried before an
 * error is reported.
 */
public final class AudioFiles {
    private static final String READABLE = "WAV (PCM, floating point, A-law and mu-law), FLAC, MP3 and Ogg"
            + " Vorbis are supported without further programs";

    private static final String GET_FFMPEG =
            "put ffmpeg on the PATH (macOS: brew install ffmpeg, Debian and Ubuntu: sudo apt install ffmpeg)";

    /** Raw samples look like any unknown format. */
    private static final String RAW_HINT = "; for samples without a header, state their format (--raw-format)";

    private AudioFiles() {}

    /**
     * Reads a file.
     *
     * @return audio with at least one sample, named after the file
     * @throws AudioException if the file cannot be read or contains no audio; the message names the file and the next
     *     step
     * @throws OperationCancelledException if the thread is interrupted; the interrupt status remains set
     */
    public static Audio read(Path file) {
        return read(file, Ffmpeg.onPath());
    }

    /**
     * Reads a stream to its end or to the end of the audio in it. ffmpeg is not used.
     *
     * @param name name of the audio
     * @param in content of an audio file; not closed
     * @return audio with at least one sample
     * @throws AudioException if the stream cannot be read or contains no audio; the message has the name and the next
     *     step
     * @throws OperationCancelledException if the thread is interrupted; the interrupt status remains set
     */
    public static Audio read(String name, InputStream in) {
        Collector collector = new Collector(name);
        PcmConverter converter = new PcmConverter(collector.get(), null);
        try {
            decode(new PeekableInput(in), converter);
            return collector.audio(converter.finish());
        } catch (UnsupportedCodecException e) {
            throw failure(name, e.getMessage() + ". " + READABLE + "; to read it with ffmpeg, save it as a file", e);
        } catch (IOException e) {
            throw failure(name, e);
        }
    }

    /**
     * Reads samples without a header from a stream, to its end.
     *
     * @param name name of the audio
     * @param in the samples; not closed
     * @param format the format of the samples
     * @return audio with at least one sample
     * @throws AudioException if the stream cannot be read or contains no audio; the message has the name and the next
     *     step
     * @throws OperationCancelledException if the thread is interrupted; the interrupt status remains set
     */
    public static Audio read(String name, InputStream in, RawFormat format) {
        Collector collector = new Collector(name);
        PcmConverter converter = new PcmConverter(collector.get(), null);
        try {
            RawReader.read(in, format.asWav(), converter);
            return collector.audio(converter.finish());
        } catch (IOException e) {
            throw failure(name, e);
        }
    }

    /**
     * Reads a file that holds the content of something else, such as standard input.
     *
     * @param name name of the audio, which stands for the file in messages
     * @return audio with at least one sample
     * @throws AudioException if the file cannot be read or contains no audio; the message has the name and the next step
     * @throws OperationCancelledException if the thread is interrupted; the interrupt status remains set
     */
    public static Audio read(String name, Path file) {
        return read(name, file, Ffmpeg.onPath());
    }

    /**
     * Reads a file from a source that is not trusted: decoding stops as soon as the audio is longer than a limit, so a small file that
     * stands for days of audio needs no more time and memory than audio of that length.
     *
     * @param name name of the audio, which stands for the file in messages
     * @param limit the longest audio
     * @return audio with at least one sample
     * @throws AudioTooLongException if the audio is longer
     * @throws AudioException if the file cannot be read or contains no audio; the message has the name and the next step
     * @throws OperationCancelledException if the thread is interrupted; the interrupt status remains set
     */
    public static Audio read(String name, Path file, Duration limit) {
        return read(name, file, limit, Ffmpeg.onPath());
    }

    /**
     * Decodes a file and passes its samples on instead of keeping them, so memory use does not depend on the length.
     *
     * <p>The file may be decoded twice, in Java and then by ffmpeg. Each attempt starts with a new consumer and the first
     * sample; samples passed to the consumer of an earlier attempt, or to any consumer if this method throws an exception,
     * are void.
     *
     * @param name name of the audio, which stands for the file in messages
     * @param consumers called at the start of each attempt; returns the consumer of its samples. Both are called in this
     *     thread, and their exceptions reach the caller unchanged, without another attempt
     * @return length and warnings of the samples passed to the latest consumer, at least one sample
     * @throws AudioException if the file cannot be read or contains no audio; the message has the name and the next step
     * @throws OperationCancelledException if the thread is interrupted; the interrupt status remains set
     */
    public static AudioSummary decode(String name, Path file, Supplier<? extends SampleConsumer> consumers) {
        return decode(name, file, consumers, Ffmpeg.onPath());
    }

    static AudioSummary decode(String name, Path file, Supplier<? extends SampleConsumer> consumers, Ffmpeg ffmpeg) {
        return decode(name, RAW_HINT, null, file, ffmpeg, consumers);
    }

    static Audio read(String name, Path file, Duration limit, Ffmpeg ffmpeg) {
        return read(name, name, RAW_HINT, limit, file, ffmpeg);
    }

    static Audio read(String name, Path file, Ffmpeg ffmpeg) {
        return read(name, name, RAW_HINT, null, file, ffmpeg);
    }

    /** Returns whether an {@code ffmpeg} is on the {@code PATH}. Some formats cannot be read without it. */
    public static boolean hasFfmpeg() {
        return Ffmpeg.onPath().find().isPresent();
    }

    static Audio read(Path file, Ffmpeg ffmpeg) {
        return read(fileName(file), file.toString(), "", null, file, ffmpeg);
    }

    private static Audio read(
            String name, String label, String hint, @Nullable Duration limit, Path file, Ffmpeg ffmpeg) {
        Collector collector = new Collector(name);
        return collector.audio(decode(label, hint, limit, file, ffmpeg, collector));
    }

    /**
     * Decodes a file, in Java or by ffmpeg.
     *
     * @param label the file in messages
     * @param hint end of the message about content of no known format
     * @param limit the longest audio, null for any
     * @param consumers returns the consumer of the samples of each attempt
     */
    private static AudioSummary decode(
            String label,
            String hint,
            @Nullable Duration limit,
            Path file,
            Ffmpeg ffmpeg,
            Supplier<? extends SampleConsumer> consumers) {
        try {
            checkIsFile(file);
            try (PeekableInput in = new PeekableInput(Files.newInputStream(file), Files.size(file))) {
                PcmConverter converter = new PcmConverter(consumers.get(), limit);
                decode(in, converter);
                return converter.finish();
            } catch (UnsupportedCodecException e) {
                Path program = program(ffmpeg, file)
                        .orElseThrow(() -> failure(
                                label,
                                e.getMessage() + ". " + READABLE + "; for other formats, " + GET_FFMPEG + hint,
                                e));
                try {
                    return readThrough(ffmpeg, program, file, new PcmConverter(consumers.get(), limit));
                } catch (MalformedAudioException failure) {
                    throw new MalformedAudioException(failure.getMessage() + hint, failure);
                }
            } catch (MalformedAudioException e) {
                Optional<Path> program = program(ffmpeg, file);
                if (program.isEmpty()) {
                    throw e;
                }
                return readThrough(ffmpeg, program.get(), file, new PcmConverter(consumers.get(), limit), e);
            }
        } catch (IOException e) {
            throw failure(label, e);
        }
    }

    private static Optional<Path> program(Ffmpeg ffmpeg, Path file) {
        return Ffmpeg.canOpen(file) ? ffmpeg.find() : Optional.empty();
    }

    private static AudioSummary readThrough(Ffmpeg ffmpeg, Path program, Path file, PcmConverter converter)
            throws IOException {
        try {
            ffmpeg.read(program, file, converter);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw PcmConverter.cancelled(e);
        }
        return converter.finish();
    }

    /** Reads a file with ffmpeg after the Java decoder found no audio. */
    private static AudioSummary readThrough(
            Ffmpeg ffmpeg, Path program, Path file, PcmConverter converter, MalformedAudioException reason)
            throws IOException {
        converter.warn("The recording is damaged and was read by ffmpeg: " + reason.getMessage() + ".");
        try {
            return readThrough(ffmpeg, program, file, converter);
        } catch (MalformedAudioException e) {
            e.addSuppressed(reason);
            throw new MalformedAudioException(reason.getMessage() + ". ffmpeg cannot decode it either", e);
        }
    }

    private static void checkIsFile(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
            throw new NoSoundException("expected an audio file, found a directory. Specify a file in it");
        }
        // Reading a pipe or a device may block without responding to interrupts.
        if (!attributes.isRegularFile()) {
            throw new NoSoundException(
                    "expected a regular file, found a pipe or a device. Save its content as a file first");
        }
        if (attributes.size() == 0) {
            throw new NoSoundException("expected audio, found an empty file (0 bytes). Record or copy it again");
        }
    }

    private static void decode(PeekableInput in, PcmConverter sink) throws IOException {
        try {
            PcmConverter.checkInterrupted();
            switch (ContainerFormat.detect(in)) {
                case WAV -> WavReader.read(in, sink);
                case FLAC -> FlacReader.read(in, sink);
                case OGG_VORBIS -> VorbisReader.read(in, sink);
                case MPEG_AUDIO -> MpegReader.read(in, sink);
                case OTHER -> throw UnsupportedContent.failure(in.peek(PeekableInput.WINDOW));
            }
        } catch (MalformedAudioException
                | UnsupportedCodecException
                | NoSoundException
                | TooLongException
                | OperationCancelledException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            RuntimeException outputFailure = sink.outputFailure();
            if (outputFailure != null) {
                throw outputFailure;
            }
            IOException failure = in.failure();
            if (failure != null) {
                throw failure;
            }
            // The decoder libraries validate little; damage surfaces as an index out of bounds or a null.
            throw new MalformedAudioException(
                    "expected decodable audio, found damage before byte " + in.position() + ". Copy the file again", e);
        }
    }

    private static RuntimeException failure(String file, IOException e) {
        if (Thread.currentThread().isInterrupted()) {
            return PcmConverter.cancelled(e);
        }
        if (e instanceof MalformedAudioException || e instanceof NoSoundException) {
            return failure(file, e.getMessage(), e);
        }
        if (e instanceof TooLongException tooLong) {
            return new AudioTooLongException(
                    tooLong.limit(), "Cannot read '" + file + "': " + e.getMessage() + ". Split it into parts.", e);
        }
        if (e instanceof NoSuchFileException) {
            return failure(file, "the file does not exist. Check the path", e);
        }
        if (e instanceof AccessDeniedException) {
            return failure(file, "access denied. Make the file readable for this user", e);
        }
        return failure(file, "reading failed (" + e.getMessage() + "). Check the disk and the file", e);
    }

    private static AudioException failure(String file, String reason, IOException cause) {
        return new AudioException("Cannot read '" + file + "': " + reason + ".", cause);
    }

    private static String fileName(Path file) {
        Path name = file.getFileName();
        return name == null ? file.toString() : name.toString();
    }

    /** Collects the samples of the latest attempt to decode a recording. */
    private static final class Collector implements Supplier<SampleConsumer> {
        private final String name;
        private Audio.Builder builder;

        Collector(String name) {
            this.name = name;
            builder = Audio.builder(name);
        }

        /** Starts again without samples. */
        @Override
        public SampleConsumer get() {
            builder = Audio.builder(name);
            return builder::append;
        }

        Audio audio(AudioSummary summary) {
            summary.warnings().forEach(builder::warn);
            return builder.build();
        }
    }
}
