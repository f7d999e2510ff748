package io.github.whisperspeedtest.audio;

import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.TranscriptionCancelledException;
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
 * of 32 or 64; RF64), FLAC, MP3 and Ogg Vorbis are decoded here; anything else goes through an {@code ffmpeg} found on the
 * {@code PATH}. Rates from 4 to 384 kHz and up to 8 channels are read; the channels are averaged, and a low-pass filter keeps
 * what lies above 8 kHz out. Samples louder than full scale, which floating-point files may hold, are kept as they are. Files
 * are decoded in blocks: the most memory that is needed is that of the {@link Audio} itself and a few buffers.
 *
 * <p>A WAV or FLAC file that ends before its header says is an error. An MP3 or Ogg Vorbis stream may stop anywhere; what is
 * whole is read and the rest is left out with a warning in the log. Damage inside a file is an error in each of them.
 */
public final class AudioFiles {
    private static final String READABLE =
            "Readable without further programs are WAV (PCM and floating point), FLAC, MP3 and" + " Ogg Vorbis";

    private AudioFiles() {}

    /**
     * Reads a file.
     *
     * @return its sound, called by the file's name, at least one sample long
     * @throws AudioException if it cannot be read or holds no sound; the message names the file and says what to do
     * @throws TranscriptionCancelledException if the thread is interrupted; it still is after
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
     * @throws TranscriptionCancelledException if the thread is interrupted; it still is after
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

    static Audio read(Path file, Ffmpeg ffmpeg) {
        String name = fileName(file);
        try {
            checkIsFile(file);
            AudioCollector collector = new AudioCollector(name);
            try (PeekableInput in = new PeekableInput(Files.newInputStream(file))) {
                decode(in, collector);
                return collector.finish();
            } catch (ForeignCodecException e) {
                return readThrough(ffmpeg, file, e);
            }
        } catch (IOException e) {
            throw failure(file.toString(), e);
        }
    }

    private static Audio readThrough(Ffmpeg ffmpeg, Path file, ForeignCodecException reason) throws IOException {
        Optional<Path> program = Ffmpeg.canOpen(file) ? ffmpeg.find() : Optional.empty();
        if (program.isEmpty()) {
            throw failure(
                    file.toString(),
                    reason.getMessage() + ". " + READABLE + "; for anything else put ffmpeg on the PATH"
                            + " (macOS: brew install ffmpeg, Debian and Ubuntu: sudo apt install ffmpeg)",
                    reason);
        }
        AudioCollector collector = new AudioCollector(fileName(file));
        try {
            ffmpeg.read(program.get(), file, collector);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw AudioCollector.cancelled(e);
        }
        return collector.finish();
    }

    private static void checkIsFile(Path file) throws IOException {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (attributes.isDirectory()) {
            throw new MalformedAudioException("expected an audio file, found a directory. Name a file in it");
        }
        // A pipe or a device would block in places where no interrupt is noticed.
        if (!attributes.isRegularFile()) {
            throw new MalformedAudioException(
                    "expected a regular file, found a pipe or a device. Save its content as a file first");
        }
        if (attributes.size() == 0) {
            throw new MalformedAudioException("expected audio, found an empty file (0 bytes). Record or copy it again");
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
                case OTHER -> throw unknown(in);
            }
        } catch (MalformedAudioException | ForeignCodecException | TranscriptionCancelledException e) {
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

    private static IOException unknown(PeekableInput in) throws IOException {
        byte[] head = in.peek(12);
        return head.length == 0
                ? new MalformedAudioException("expected audio, found nothing (0 bytes). Record or copy it again")
                : new ForeignCodecException(
                        "it is neither WAV, FLAC, MP3 nor Ogg Vorbis, it starts with the bytes " + Hex.of(head));
    }

    private static RuntimeException failure(String file, IOException e) {
        if (Thread.currentThread().isInterrupted()) {
            return AudioCollector.cancelled(e);
        }
        if (e instanceof MalformedAudioException) {
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
