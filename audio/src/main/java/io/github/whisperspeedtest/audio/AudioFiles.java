package io.github.whisperspeedtest.audio;

import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Optional;

/**
 * Reads audio files as 16 kHz mono.
 *
 * <p>A file is what its content says, whatever it is called. WAV (integer samples of 8, 16, 24 or 32 bits, floating-point ones
 * of 32 or 64, A-law, mu-law; RF64, Wave64), FLAC, MPEG audio (MP3 and layers I and II) and Ogg Vorbis are decoded here; anything else
 * goes through an {@code ffmpeg} found on the {@code PATH}. Rates from 4 to 384 kHz and up to 32 channels are read; the channels are
 * averaged, or one is taken where they cancel each other out, and a low-pass filter keeps what lies above 8 kHz out. Samples louder
 * than full scale, which floating-point files may hold, are kept as they are. Files are decoded in blocks: the most memory that is
 * needed is that of the {@link Audio} itself and a few buffers.
 *
 * <p>Of a file that is cut off or damaged, or whose header does not fit its content, what is there is read; {@link Audio#warnings()}
 * then says what is missing. Where a decoder here gets no sound out of a file, ffmpeg is asked, and only then is it an error.
 */
public final class AudioFiles {
    private static final String READABLE =
            "Readable without further programs are WAV (PCM, floating point, A-law and mu-law), FLAC, MP3 and Ogg"
                    + " Vorbis";

    private static final String GET_FFMPEG =
            "put ffmpeg on the PATH (macOS: brew install ffmpeg, Debian and Ubuntu: sudo apt install ffmpeg)";

    private AudioFiles() {}

    /**
     * Reads a file.
     *
     * @return its sound, called by the file's name, at least one sample long
     * @throws AudioException if it cannot be read or holds no sound; the message names the file and says what to do
     * @throws OperationCancelledException if the thread is interrupted; it still is after
     */
    public static Audio read(Path file) {
        return read(file, Ffmpeg.onPath());
    }

    /**
     * Reads a stream to its end, or to the end of the sound in it; ffmpeg is not asked.
     *
     * @param name what the audio is called
     * @param in the content of a file, which is not closed
     * @return its sound, at least one sample long
     * @throws AudioException if it cannot be read or holds no sound; the message has the name and says what to do
     * @throws OperationCancelledException if the thread is interrupted; it still is after
     */
    public static Audio read(String name, InputStream in) {
        AudioCollector collector = new AudioCollector(name);
        try {
            decode(new PeekableInput(in), collector);
            return collector.finish();
        } catch (ForeignCodecException e) {
            throw failure(
                    name, e.getMessage() + ". " + READABLE + "; save it as a file to have it read through ffmpeg", e);
        } catch (IOException e) {
            throw failure(name, e);
        }
    }

    /** Returns whether an {@code ffmpeg} is on the {@code PATH}, without which some kinds of files cannot be read. */
    public static boolean hasFfmpeg() {
        return Ffmpeg.onPath().find().isPresent();
    }

    static Audio read(Path file, Ffmpeg ffmpeg) {
        String name = fileName(file);
        try {
            checkIsFile(file);
            AudioCollector collector = new AudioCollector(name);
            try (PeekableInput in = new PeekableInput(Files.newInputStream(file), Files.size(file))) {
                decode(in, collector);
                return collector.finish();
            } catch (ForeignCodecException e) {
                Path program = program(ffmpeg, file)
                        .orElseThrow(() -> failure(
                                file.toString(),
                                e.getMessage() + ". " + READABLE + "; for anything else " + GET_FFMPEG,
                                e));
                return readThrough(ffmpeg, program, file, new AudioCollector(name));
            } catch (MalformedAudioException e) {
                Optional<Path> program = program(ffmpeg, file);
                if (program.isEmpty()) {
                    throw e;
                }
                return readThrough(ffmpeg, program.get(), file, name, e);
            }
        } catch (IOException e) {
            throw failure(file.toString(), e);
        }
    }

    private static Optional<Path> program(Ffmpeg ffmpeg, Path file) {
        return Ffmpeg.canOpen(file) ? ffmpeg.find() : Optional.empty();
    }

    private static Audio readThrough(Ffmpeg ffmpeg, Path program, Path file, AudioCollector collector)
            throws IOException {
        try {
            ffmpeg.read(program, file, collector);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AudioCollector.cancelled(e);
        }
        return collector.finish();
    }

    /** Asks ffmpeg for a file that the decoder here gets nothing out of. */
    private static Audio readThrough(
            Ffmpeg ffmpeg, Path program, Path file, String name, MalformedAudioException reason) throws IOException {
        AudioCollector collector = new AudioCollector(name);
        collector.warn("The recording is damaged, and was read by ffmpeg: " + reason.getMessage() + ".");
        try {
            return readThrough(ffmpeg, program, file, collector);
        } catch (MalformedAudioException e) {
            e.addSuppressed(reason);
            throw new MalformedAudioException(reason.getMessage() + ". ffmpeg gets no sound out of it either", e);
        }
    }

    private static void checkIsFile(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
            throw new NoSoundException("expected an audio file, found a directory. Name a file in it");
        }
        // A pipe or a device would block in places where no interrupt is noticed.
        if (!attributes.isRegularFile()) {
            throw new NoSoundException(
                    "expected a regular file, found a pipe or a device. Save its content as a file first");
        }
        if (attributes.size() == 0) {
            throw new NoSoundException("expected audio, found an empty file (0 bytes). Record or copy it again");
        }
    }

    private static void decode(PeekableInput in, PcmSink sink) throws IOException {
        try {
            AudioCollector.checkInterrupted();
            switch (ContainerFormat.recognise(in)) {
                case WAV -> WavReader.read(in, sink);
                case FLAC -> FlacReader.read(in, sink);
                case OGG_VORBIS -> VorbisReader.read(in, sink);
                case MPEG_AUDIO -> MpegReader.read(in, sink);
                case OTHER -> throw ForeignContent.failure(in.peek(PeekableInput.WINDOW));
            }
        } catch (MalformedAudioException | ForeignCodecException | NoSoundException | OperationCancelledException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            IOException failure = in.failure();
            if (failure != null) {
                throw failure;
            }
            // The decoder libraries check little; damage shows as an index out of bounds or a null.
            throw new MalformedAudioException(
                    "expected audio that can be decoded, found damage before byte " + in.position()
                            + ". Copy the file again",
                    e);
        }
    }

    private static RuntimeException failure(String file, IOException e) {
        if (Thread.currentThread().isInterrupted()) {
            return AudioCollector.cancelled(e);
        }
        if (e instanceof MalformedAudioException || e instanceof NoSoundException) {
            return failure(file, e.getMessage(), e);
        }
        if (e instanceof NoSuchFileException) {
            return failure(file, "there is no such file. Check the path", e);
        }
        if (e instanceof AccessDeniedException) {
            return failure(file, "access is denied. Make it readable for this user", e);
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
}
