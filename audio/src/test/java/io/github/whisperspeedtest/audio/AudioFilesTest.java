package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.error.AudioException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.program.SearchPath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AudioFilesTest {
    private static final Ffmpeg NONE = new Ffmpeg(new SearchPath(List.of()), Duration.ofSeconds(1));

    @TempDir
    private Path directory;

    @ParameterizedTest
    @ValueSource(strings = {"reference.flac", "reference.mp3", "untagged.mp3", "reference.ogg"})
    void detectsFormatFromContent(String file) throws IOException {
        Path disguised = Files.write(directory.resolve("sound.txt"), Signals.resource(file));

        Audio audio = AudioFiles.read(disguised, NONE);

        assertThat(audio.name()).isEqualTo("sound.txt");
        assertThat(audio.sampleCount()).isBetween(16_000L, 18_000L);
    }

    @Test
    void reportsMissingFile() {
        Path missing = directory.resolve("missing.wav");

        assertFails(missing, "the file does not exist");
    }

    @Test
    void rejectsDirectory() {
        assertFails(directory, "found a directory");
    }

    @Test
    void rejectsEmptyFile() throws IOException {
        assertFails(Files.createFile(directory.resolve("empty.wav")), "empty file (0 bytes)");
    }

    @Test
    void reportsUnreadableFile() throws IOException {
        Path secret = Files.write(directory.resolve("secret.wav"), new byte[100]);
        assumeTrue(secret.toFile().setReadable(false));
        assumeFalse(Files.isReadable(secret), "this user can read every file");

        assertFails(secret, "access denied");
    }

    @Test
    void listsSupportedFormatsAndRemedyForUnknownContent() throws IOException {
        Path unknown =
                Files.write(directory.resolve("speech.wav"), new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 11, 12, 13});

        assertFails(
                unknown,
                "starts with the bytes 01 02 03 04",
                "WAV",
                "FLAC",
                "MP3",
                "Ogg Vorbis",
                "ffmpeg",
                "brew install");
    }

    @ParameterizedTest
    @CsvSource({
        "'II*\0 some other thing', 'starts with the bytes 49 49 2A 00'",
        "'RIFF\0\0\0\0AVI LIST', 'an AVI file'",
        "'ID3\4\0\0\0\0\0\1x\0nothing', 'it is not WAV, FLAC, MP3 or Ogg Vorbis'",
        "'OggS\0', 'it is not WAV, FLAC, MP3 or Ogg Vorbis'",
        "'fLa', 'it is not WAV, FLAC, MP3 or Ogg Vorbis'",
        "'\u00ff\u00fb\u0090\0', 'it is not WAV, FLAC, MP3 or Ogg Vorbis'",
        "'\0\0\0\u0020ftypM4A \0\0\0', 'an MP4, M4A or QuickTime file'",
        "'\u001aE\u00df\u00a3\u00a3B', 'a Matroska or WebM file'",
        "'#EXTM3U and a long list of what is played', it is a text that begins with",
    })
    void namesUnsupportedFormats(String content, String name) {
        byte[] bytes = content.getBytes(StandardCharsets.ISO_8859_1);

        assertThatThrownBy(() -> AudioFiles.read("thing", new ByteArrayInputStream(bytes)))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining(name);
    }

    @ParameterizedTest
    @CsvSource({
        "'<!DOCTYPE html><html><body>Sign in</body></html>', 'an HTML page', 'Download it again'",
        "'\n <HTML>', 'an HTML page', 'Download it again'",
        "'version https://git-lfs.github.com/spec/v1', 'a git-lfs pointer', 'git lfs pull'",
        "'%PDF-1.7 and so on', 'a PDF document', 'Specify the recording itself'",
        "'PK\u0003\u0004 and so on', 'a ZIP archive', 'Unpack it first'",
        "'\0\0\0\0\0\0\0\0', 'only zeros in its first 8 bytes', 'copy it again from its source'",
    })
    void rejectsFilesWithoutAudioWithoutRunningFfmpeg(String content, String found, String remedy) throws IOException {
        Path file = Files.write(directory.resolve("speech.wav"), content.getBytes(StandardCharsets.ISO_8859_1));
        // A program that cannot be started would appear in the message.
        Path program = Files.createFile(directory.resolve("ffmpeg"));
        assumeTrue(program.toFile().setExecutable(true));
        Ffmpeg broken = new Ffmpeg(new SearchPath(List.of(directory)), Duration.ofSeconds(1));

        assertThatThrownBy(() -> AudioFiles.read(file, broken))
                .isInstanceOf(AudioException.class)
                .hasMessageStartingWith("Cannot read '" + file + "': expected audio, found " + found)
                .hasMessageContaining(remedy);
    }

    @Test
    void distinguishesOpusFromVorbis() {
        assertThatThrownBy(() -> AudioFiles.read("opus.ogg", new ByteArrayInputStream(Signals.resource("opus.ogg"))))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("it is an Ogg file of Opus")
                .hasMessageContaining("to read it with ffmpeg, save it as a file");
    }

    @Test
    void rejectsEmptyStream() {
        assertThatThrownBy(() -> AudioFiles.read("nothing", InputStream.nullInputStream()))
                .isInstanceOf(AudioException.class)
                .hasMessage("Cannot read 'nothing': expected audio, found nothing (0 bytes). Record or copy it again.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"wav", "reference.flac", "reference.mp3", "reference.ogg"})
    void distinguishesIoFailureFromDamage(String file) {
        byte[] bytes = file.equals("wav") ? Signals.reference().bytes() : Signals.resource(file);
        InputStream whole = new ByteArrayInputStream(bytes, 0, bytes.length / 2);
        InputStream failing = new InputStream() {
            @Override
            public int read() throws IOException {
                int value = whole.read();
                if (value < 0) {
                    throw new IOException("disk on fire");
                }
                return value;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                target[offset] = (byte) read();
                return 1;
            }
        };

        assertThatThrownBy(() -> AudioFiles.read("sound", failing))
                .isInstanceOf(AudioException.class)
                .hasMessageContaining("reading failed (disk on fire)");
    }

    @Test
    void stopsOnInterruptAndKeepsInterruptStatus() throws IOException {
        Path file =
                Files.write(directory.resolve("long.wav"), Signals.reference().bytes());
        try {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> AudioFiles.read(file, NONE)).isInstanceOf(OperationCancelledException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    @Test
    void stopsOnInterruptWhileReading() {
        InputStream interrupting = new ByteArrayInputStream(Signals.reference().bytes()) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                if (pos > 50_000) {
                    Thread.currentThread().interrupt();
                }
                assertThat(pos).as("bytes read after the interrupt").isLessThan(150_000);
                return super.read(target, offset, Math.min(length, 10_000));
            }
        };
        try {
            assertThatThrownBy(() -> AudioFiles.read("long.wav", interrupting))
                    .isInstanceOf(OperationCancelledException.class);
            assertThat(Thread.currentThread().isInterrupted()).isTrue();
        } finally {
            Thread.interrupted();
        }
    }

    private static void assertFails(Path file, String... parts) {
        assertThatThrownBy(() -> AudioFiles.read(file, NONE))
                .isInstanceOfSatisfying(
                        AudioException.class, e -> assertThat(e.kind()).isEqualTo(ErrorKind.USER))
                .hasMessageStartingWith("Cannot read '" + file + "': ")
                .message()
                .contains(parts);
    }
}
