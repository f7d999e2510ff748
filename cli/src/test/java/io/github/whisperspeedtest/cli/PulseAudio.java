package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A sound server with one sink that nobody hears; its monitor is the microphone. */
final class PulseAudio {
    private static final String SINK = "test";

    private final Path directory;
    private final Process server;

    /** Starts a server; skips the test where it is not installed. */
    PulseAudio(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        assumeTrue(
                isInstalled("pulseaudio") && isInstalled("paplay"),
                "pulseaudio and pulseaudio-utils are not installed");
        ProcessBuilder builder = new ProcessBuilder(
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--exit-idle-time=-1",
                "--use-pid-file=no",
                "--log-target=stderr",
                "--log-level=error",
                "--realtime=no",
                "--high-priority=no",
                "--disable-shm=yes",
                "-L",
                "module-native-protocol-unix auth-anonymous=1 auth-cookie-enabled=0 socket=" + socket(),
                "-L",
                // A rewind of the sink would delay the monitor by up to two seconds.
                "module-null-sink sink_name=" + SINK + " rate=48000 channels=2 norewinds=1");
        builder.environment().putAll(Map.of("HOME", directory.toString(), "XDG_RUNTIME_DIR", directory.toString()));
        server = builder.redirectErrorStream(true)
                .redirectOutput(directory.resolve("pulseaudio.log").toFile())
                .start();
        for (int i = 0; i < 200 && program("pactl", "info").waitFor() != 0; i++) {
            Thread.sleep(50);
        }
    }

    private static boolean isInstalled(String program) {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }

    private Path socket() {
        return directory.resolve("native");
    }

    /** Returns the variables with which a program finds the server. */
    Map<String, String> environment() {
        return Map.of("PULSE_SERVER", "unix:" + socket());
    }

    /** Starts to play a file. */
    Process play(Path recording) throws IOException {
        return program("paplay", "--device=" + SINK, recording.toString());
    }

    /** Unplugs the microphone. */
    void removeSink() throws IOException, InterruptedException {
        assertThat(program("pactl", "unload-module", "module-null-sink").waitFor())
                .isZero();
    }

    private Process program(String... command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(command)));
        builder.environment().putAll(environment());
        builder.environment().put("HOME", directory.toString());
        return builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }

    /** Ends the server. */
    void stop() throws InterruptedException {
        server.destroy();
        if (!server.waitFor(5, TimeUnit.SECONDS)) {
            server.destroyForcibly();
        }
    }
}
