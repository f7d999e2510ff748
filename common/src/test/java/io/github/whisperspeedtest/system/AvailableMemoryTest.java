package io.github.whisperspeedtest.system;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AvailableMemoryTest {
    /** From a Mac with an M1 Pro and 16 GB, macOS 14.5. Active, inactive and speculative pages are file-backed or anonymous. */
    private static final String VM_STAT = """
            Mach Virtual Memory Statistics: (page size of 16384 bytes)
            Pages free:                                3451.
            Pages active:                            211037.
            Pages inactive:                          209842.
            Pages speculative:                          292.
            Pages throttled:                              0.
            Pages wired down:                        150258.
            Pages purgeable:                            276.
            "Translation faults":                2037476149.
            Pages copy-on-write:                   66574480.
            Pages zero filled:                    721915315.
            Pages reactivated:                    366371614.
            Pages purged:                          67992175.
            File-backed pages:                       122200.
            Anonymous pages:                         298971.
            Pages stored in compressor:             1220307.
            Pages occupied by compressor:            434189.
            Decompressions:                       275441893.
            """;

    @TempDir
    private Path root;

    @Test
    void macOsCountsFilesInMemoryAndPurgeablePagesAsAvailable() {
        assertThat(AvailableMemory.bytes(root, command -> command.equals(List.of("/usr/bin/vm_stat")) ? VM_STAT : ""))
                .hasValue((3451L + 122200 + 276) * 16384);
    }

    @Test
    void unknownOutputIsNoAnswer() {
        assertThat(AvailableMemory.ofVmStat("")).isEmpty();
        assertThat(AvailableMemory.ofVmStat(VM_STAT.replaceFirst("page size.*", "")))
                .isEmpty();
        assertThat(AvailableMemory.ofVmStat(VM_STAT.replaceFirst("File-backed pages.*", "")))
                .isEmpty();
    }

    @Test
    void linuxUsesEstimateOfKernelAndRunsNoProgram() throws IOException {
        Files.createDirectories(root.resolve("proc"));
        Files.writeString(root.resolve("proc/meminfo"), """
                MemTotal:       24611552 kB
                MemFree:          812345 kB
                MemAvailable:   17048576 kB
                """);

        assertThat(AvailableMemory.bytes(root, command -> {
                    throw new AssertionError(command);
                }))
                .hasValue(17048576L << 10);
    }
}
