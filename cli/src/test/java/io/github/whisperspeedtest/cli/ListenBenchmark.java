package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.audio.Audio;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.transcription.Language;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Lets the built program listen to joined recordings through a sound server, at the speed of time: word errors beside those of the whole
 * recording by independent windows, text that was revised, and memory.
 *
 * <p>Needs Linux and PulseAudio. Arguments: minutes, the directory of the distribution, the directory for the models and results, and the
 * candidate as {@code implementation/model}.
 */
final class ListenBenchmark {
    private static final int UPSAMPLING = 3;
    private static final int TAPS = 48;
    private static final Duration INTERVAL = Duration.ofSeconds(10);

    private ListenBenchmark() {}

    /** Runs it. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        JoinedRecordings joined = JoinedRecordings.of(Duration.ofMinutes(Integer.parseInt(arguments[0])));
        Path home = Path.of(arguments[2]);
        Path work = Files.createTempDirectory(Files.createDirectories(home), "listen");
        String[] candidate = arguments[3].split("/");
        String offline = offline(home, candidate, joined.audio());
        report("offline", joined.reference(), offline);
        Path played = write(joined.audio(), work.resolve("played.wav"));
        PulseAudio sound = new PulseAudio(Files.createDirectory(work.resolve("pulse")));
        try {
            Path out = work.resolve("out.txt");
            Path err = work.resolve("err.txt");
            Process listen = listen(Path.of(arguments[1]), home, candidate, sound, out, err);
            while (listen.isAlive() && !Files.readString(err).contains("Listening to")) {
                TimeUnit.MILLISECONDS.sleep(50);
            }
            Process play = sound.play(played);
            String before = "";
            int revisions = 0;
            List<Long> memory = new ArrayList<>();
            while (play.isAlive() && listen.isAlive()) {
                TimeUnit.MILLISECONDS.sleep(INTERVAL.toMillis());
                String text = Files.readString(out);
                revisions += text.startsWith(before) ? 0 : 1;
                before = text;
                memory.add(residentMebibytes(listen));
            }
            TimeUnit.SECONDS.sleep(5);
            listen.toHandle().destroy();
            listen.waitFor();
            String live = Files.readString(out);
            revisions += live.startsWith(before) ? 0 : 1;
            report("live", joined.reference(), live);
            System.out.printf(
                    "%d revisions; resident memory after 1 min %d MiB, maximum of the second to fourth quarter %d, %d, %d MiB%n",
                    revisions,
                    memory.get(Math.min(6, memory.size() - 1)),
                    largest(memory, 1),
                    largest(memory, 2),
                    largest(memory, 3));
            System.out.println(Files.readString(err));
        } finally {
            sound.stop();
        }
    }

    private static void report(String name, String reference, String text) {
        System.out.printf(
                "%s: %.2f %% word errors%n",
                name, 100 * ErrorRate.of(reference, text, "en").rate());
    }

    private static String offline(Path home, String[] candidate, Audio audio) {
        WhisperSpeedtest library = WhisperSpeedtest.builder()
                .settings(Settings.ofProcess())
                .home(ToolHome.at(home))
                .build();
        try (Transcriber transcriber = library.open(candidate[0], candidate[1])) {
            return transcriber
                    .transcribe(
                            audio,
                            TranscribeOptions.builder()
                                    .language(Language.of("en"))
                                    .conditionOnPreviousText(false)
                                    .build())
                    .text();
        }
    }

    private static Process listen(
            Path distribution, Path home, String[] candidate, PulseAudio sound, Path out, Path err) throws IOException {
        Files.createFile(err);
        ProcessBuilder builder = new ProcessBuilder(
                        distribution.resolve("bin/whisper-speedtest").toString(),
                        "listen",
                        "-i",
                        candidate[0],
                        "-m",
                        candidate[1],
                        "-l",
                        "en")
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put(ToolHome.HOME_VARIABLE, home.toString());
        builder.environment().putAll(sound.environment());
        return builder.start();
    }

    private static long residentMebibytes(Process process) throws IOException {
        // Resident pages are the second field; a page has 4 KiB on x86-64.
        String[] fields =
                Files.readString(Path.of("/proc", "" + process.pid(), "statm")).split(" ");
        return Long.parseLong(fields[1]) / 256;
    }

    private static long largest(List<Long> values, int quarter) {
        int size = values.size();
        return values.subList(size * quarter / 4, size * (quarter + 1) / 4).stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0);
    }

    /** Writes a recording at 48 kHz: paplay converts other rates audibly. */
    private static Path write(Audio audio, Path file) throws IOException {
        float[] filter = filter();
        int samples = Math.toIntExact(audio.sampleCount());
        float[] padded = new float[samples + 2 * TAPS];
        audio.read(0, padded, TAPS, samples);
        int bytes = samples * UPSAMPLING * 2;
        ByteBuffer wav = ByteBuffer.allocate(44 + bytes).order(ByteOrder.LITTLE_ENDIAN);
        int rate = Audio.SAMPLE_RATE * UPSAMPLING;
        wav.put("RIFF".getBytes()).putInt(36 + bytes).put("WAVEfmt ".getBytes()).putInt(16);
        wav.putShort((short) 1).putShort((short) 1).putInt(rate).putInt(rate * 2);
        wav.putShort((short) 2).putShort((short) 16).put("data".getBytes()).putInt(bytes);
        for (int i = 0; i < samples * UPSAMPLING; i++) {
            double sum = 0;
            for (int tap = -TAPS / 2; tap <= TAPS / 2; tap++) {
                int index = tap * UPSAMPLING + i % UPSAMPLING + TAPS * UPSAMPLING / 2;
                if (index >= 0 && index < filter.length) {
                    sum += padded[TAPS + i / UPSAMPLING - tap] * filter[index];
                }
            }
            wav.putShort((short) Math.round(Math.max(-1, Math.min(1, sum)) * Short.MAX_VALUE));
        }
        Files.write(file, wav.array(), StandardOpenOption.CREATE_NEW);
        return file;
    }

    /** Returns a sinc that passes 0 to 8 kHz, with a Hann window. */
    private static float[] filter() {
        int length = TAPS * UPSAMPLING + 1;
        float[] filter = new float[length];
        for (int i = 0; i < length; i++) {
            double x = Math.PI * (i - length / 2) / UPSAMPLING;
            double window = 0.5 - 0.5 * Math.cos(2 * Math.PI * i / (length - 1));
            filter[i] = (float) (window * (x == 0 ? 1 : Math.sin(x) / x));
        }
        return filter;
    }
}
