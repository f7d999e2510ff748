package io.github.whisperspeedtest.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NativeMessageTest {
    private static final String REPORT = """
            #
            # A fatal error has been detected by the Java Runtime Environment:
            #
            #  SIGSEGV (0xb) at pc=0x00007f0a, pid=12, tid=13
            #
            # JRE version: OpenJDK Runtime Environment (17.0.15+6) (build 17.0.15+6)
            # Java VM: OpenJDK 64-Bit Server VM (17.0.15+6, mixed mode, tiered, linux-amd64)
            # Problematic frame:
            # C  [libwhisper.so+0x1234]  whisper_full+0x12
            #
            # No core dump will be written. Core dumps have been disabled.
            #
            # If you would like to submit a bug report, please visit:
            #   https://bugreport.java.com/bugreport/crash.jsp
            # The crash happened outside the Java Virtual Machine in native code.
            # See problematic frame for where to report the bug.
            #

            ---------------  S U M M A R Y ------------
            """;

    @Test
    void reducesCrashReportToSignalAndFrame() {
        assertThat(NativeMessage.of("", REPORT)).isEqualTo("""
                SIGSEGV (0xb) at pc=0x00007f0a, pid=12, tid=13
                Problematic frame:
                C  [libwhisper.so+0x1234]  whisper_full+0x12""");
        assertThat(NativeMessage.caughtSignal(REPORT)).isEqualTo("SIGSEGV");
    }

    @Test
    void keepsOutOfMemoryMessageOfJvm() {
        String report = """
                #
                # There is insufficient memory for the Java Runtime Environment to continue.
                # Native memory allocation (mmap) failed to map 16384 bytes.
                # Possible reasons:
                #   The system is out of physical RAM or swap space
                """;

        assertThat(NativeMessage.of("", report)).isEqualTo("""
                There is insufficient memory for the Java Runtime Environment to continue.
                Native memory allocation (mmap) failed to map 16384 bytes.""");
        assertThat(NativeMessage.caughtSignal(report)).isNull();
    }

    @Test
    void omitsLinesOfTheJvm() {
        String output = """
                NOTE: Picked up JDK_JAVA_OPTIONS: -Xmx1g
                OpenJDK 64-Bit Server VM warning: Sharing is only supported for boot loader classes
                WARNING: A restricted method in java.lang.System has been called
                WARNING: java.lang.System::load has been called by com.example.Loader in an unnamed module
                SLF4J(W): No SLF4J providers were found.
                terminate called after throwing an instance of 'std::out_of_range'
                  what():  unordered_map::at

                #
                # A fatal error has been detected by the Java Runtime Environment:
                """;

        assertThat(NativeMessage.of(output, "")).isEqualTo("""
                terminate called after throwing an instance of 'std::out_of_range'
                  what():  unordered_map::at""");
    }

    @Test
    void onlyTheLastLinesAreKept() {
        String output = IntStream.range(0, 100).mapToObj(i -> "line " + i).collect(Collectors.joining("\n"));

        assertThat(NativeMessage.of(output, "").lines()).hasSize(10).last().isEqualTo("line 99");
    }

    @Test
    void tailOfLongOutputStartsWithWholeLine() {
        String output =
                IntStream.range(0, 20_000).mapToObj(i -> "ümlaut " + i + "\n").collect(Collectors.joining());
        OutputTail tail = new OutputTail(new ByteArrayInputStream(output.getBytes(StandardCharsets.UTF_8)));

        tail.run();

        assertThat(tail.text().getBytes(StandardCharsets.UTF_8).length)
                .isBetween(OutputTail.KEPT_BYTES - 100, OutputTail.KEPT_BYTES);
        assertThat(tail.text()).startsWith("ümlaut ").endsWith("ümlaut 19999\n");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "none",
            value = {
                "0, none",
                "1, none",
                "127, none",
                "134, SIGABRT",
                "137, SIGKILL",
                "139, SIGSEGV",
                "143, SIGTERM",
                "-11, SIGSEGV",
                "-1073741819, STATUS_ACCESS_VIOLATION",
                "-1073740791, STATUS_STACK_BUFFER_OVERRUN",
                "255, none",
            })
    void namesSignalOfExitCode(int exitCode, String signal) {
        assertThat(ExitCodes.signalName(exitCode)).isEqualTo(signal);
    }
}
