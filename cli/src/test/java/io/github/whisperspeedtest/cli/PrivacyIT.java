package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.testing.MicroSamples;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Traces the system calls of the distribution with the settings of a user's machine: the variable {@code CI},
 * which silences the telemetry of many libraries, is not set.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class PrivacyIT {
    private static final List<String> IMPLEMENTATIONS =
            List.of("coreml", "faster", "insanely", "mlx", "mps", "whispercpp");

    private static final String CALLS =
            "connect,bind,sendto,sendmsg,sendmmsg,?open,openat,?creat,?mkdir,mkdirat,?rename,?renameat,"
                    + "renameat2,?link,linkat,?symlink,symlinkat";

    private static final Pattern NETWORK_CALL = Pattern.compile("(connect|bind|sendto|sendmsg|sendmmsg)\\(.*AF_INET.*");

    private static final Pattern LOOPBACK = Pattern.compile("inet_addr\\(\"127\\.|\"(::ffff:127\\.[0-9.]*|::1)\"");

    /** A call that creates or changes files, and their names. */
    private static final Pattern WRITING_CALL = Pattern.compile(
            "\\b(?:open(?:at)?\\(.*(?:O_WRONLY|O_RDWR|O_CREAT)|(?:creat|mkdir|mkdirat|rename\\w*|link\\w*|symlink\\w*)\\().*");

    private static final Pattern NAME = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");

    /** libffi, a part of JNA, maps executable memory from a file that it deletes before it writes to it. */
    private static final Pattern NO_FILE = Pattern.compile("/dev/(null|tty)|/proc/self/.*|.*/ffi\\w{6}");

    @TempDir
    private Path directory;

    private Path home;
    private Path temporary;
    private Path recording;

    @BeforeEach
    void prepare() throws IOException {
        home = Files.createDirectory(directory.resolve("home"));
        temporary = Files.createDirectory(directory.resolve("tmp"));
        recording = directory.resolve("recording.flac");
        try (InputStream in = MicroSamples.named("de_single_03.flac").open()) {
            Files.copy(in, recording);
        }
    }

    @Test
    void opensOnlyLoopbackSocketsAndWritesOnlyInItsDirectories() throws Exception {
        Path trace = directory.resolve("trace");
        List<String> strace = List.of(
                "strace", "-f", "--seccomp-bpf", "-qq", "-s", "4096", "-e", "trace=" + CALLS, "-o", trace.toString());
        boolean traced = works(strace);
        for (List<String> command : commands()) {
            run(traced ? strace : List.of(), command);
            if (traced) {
                check(command, Files.readAllLines(trace));
            }
        }
        Path share = home.resolve(".local/share");
        assertThat(entries(home)).containsExactly(home.resolve(".local"));
        assertThat(entries(home.resolve(".local"))).containsExactly(share);
        assertThat(entries(share)).containsExactly(share.resolve("whisper-speedtest"));
        assertThat(temporary).isEmptyDirectory();
        assumeTrue(traced, "strace is not installed or not permitted: only what is left behind was checked");
    }

    private void check(List<String> command, List<String> calls) {
        assertThat(calls).as("%s is traced", command).anyMatch(call -> call.contains("libjvm.so"));
        assertThat(calls.stream()
                        .filter(call -> NETWORK_CALL.matcher(call).find())
                        .filter(call -> !LOOPBACK.matcher(call).find()))
                .as("connections of %s", command)
                .isEmpty();
        assertThat(calls.stream().filter(call -> call.contains("/etc/resolv.conf")))
                .as("host names that %s looks up", command)
                .isEmpty();
        assertThat(calls.stream().flatMap(PrivacyIT::written).filter(this::isForeign))
                .as("files that %s writes", command)
                .isEmpty();
    }

    private List<List<String>> commands() {
        List<List<String>> commands = new ArrayList<>();
        commands.add(List.of("list"));
        for (String implementation : IMPLEMENTATIONS) {
            commands.add(List.of("transcribe", recording.toString(), "-i", implementation, "-m", "micro"));
        }
        commands.add(List.of("benchmark", "-n", "1", "--warmup", "0"));
        commands.add(List.of("check-models", "--json"));
        commands.add(List.of("convert", "micro", "--to", "whispercpp", "--quantize", "q5_0"));
        commands.add(List.of("cache", "list"));
        commands.add(List.of("results", "show"));
        return commands;
    }

    private static Stream<String> written(String call) {
        if (!WRITING_CALL.matcher(call).find() || call.contains("= -1 E")) {
            return Stream.empty();
        }
        return NAME.matcher(call).results().map(name -> name.group(1));
    }

    private boolean isForeign(String name) {
        Matcher file = NO_FILE.matcher(name);
        return name.startsWith("/") && !file.matches() && !Path.of(name).startsWith(directory);
    }

    private static boolean works(List<String> tracer) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(tracer);
        line.add("true");
        try {
            return new ProcessBuilder(line).start().waitFor() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    private void run(List<String> prefix, List<String> arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(prefix);
        line.add(Path.of(System.getProperty("distribution.directory"), "bin", "whisper-speedtest")
                .toString());
        line.addAll(arguments);
        Path output = directory.resolve("output.txt");
        ProcessBuilder builder = new ProcessBuilder(line)
                .directory(home.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment()
                .keySet()
                .removeIf(name -> name.matches("(CI|ORT_|OPT_OUT_|XDG_|HF_|HUGGING_|WHISPER_|JNA_|DJL_|PYTORCH_).*"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        // These runs are too short to benefit from the optimising compiler.
        builder.environment().put("JAVA_OPTS", "-XX:TieredStopAtLevel=1 -Djava.io.tmpdir=" + temporary);
        builder.environment().put("HOME", home.toString());
        builder.environment().put("TMPDIR", temporary.toString());
        assertThat(builder.start().waitFor())
                .as(() -> arguments + "\n" + read(output))
                .isZero();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static Set<Path> entries(Path parent) throws IOException {
        try (Stream<Path> entries = Files.list(parent)) {
            return entries.collect(Collectors.toCollection(TreeSet::new));
        }
    }
}
