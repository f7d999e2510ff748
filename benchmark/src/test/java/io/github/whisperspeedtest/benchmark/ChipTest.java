package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChipTest {
    @TempDir
    private Path root;

    @Test
    void takesTheFirstModelName() throws IOException {
        write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Chip: 9000 \nprocessor\t: 1\nmodel name\t: Other\n");
        write("sys/class/dmi/id/product_name", "Server 1000\n");
        assertThat(Chip.onLinux(root)).contains("Chip: 9000");
    }

    @Test
    void hasNoNameIfUnknown() throws IOException {
        assertThat(Chip.onLinux(root)).isEmpty();
        write("proc/cpuinfo", "processor\t: 0\nmodel name\t: \nCPU part\t: 0xd0c\n");
        assertThat(Chip.onLinux(root)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0x41, 0xd0c, ARM Neoverse-N1",
        "0x41, 0xd4f, ARM Neoverse-V2",
        "0xc0, 0xac3, Ampere Ampere-1",
        "0x46, 0x001, Fujitsu A64FX",
        "0x41, 0xfff, ARM part 0xfff",
        "0x61, 0x000, Apple part 0x000",
        "0x99, 0x12, implementer 0x99 part 0x012"
    })
    void namesTheCoresOfServers(String implementer, String part, String expected) throws IOException {
        write("proc/cpuinfo", core(implementer, part).repeat(4));
        assertThat(Chip.onLinux(root)).contains(expected);
    }

    /** As a Raspberry Pi 5 has it; its text from the device tree ends with a zero byte. */
    @Test
    void namesTheBoard() throws IOException {
        write("proc/cpuinfo", core("0x41", "0xd0b").repeat(4) + "Revision\t: c04170\nModel\t\t: Raspberry Pi 5\n");
        write("proc/device-tree/model", "Raspberry Pi 5 Model B Rev 1.0\0");
        write("sys/devices/soc0/machine", "another name");
        assertThat(Chip.onLinux(root)).contains("ARM Cortex-A76 (Raspberry Pi 5 Model B Rev 1.0)");
    }

    /** As a board with a Rockchip RK3588 has it: the small cores come first. */
    @Test
    void countsTheCoresOfEachKindAndNamesTheLargeOnesFirst() throws IOException {
        write(
                "proc/cpuinfo",
                core("0x41", "0xd05").repeat(4) + core("0x41", "0xd0b").repeat(4));
        assertThat(Chip.onLinux(root)).contains("ARM 4 × Cortex-A76, 4 × Cortex-A55");
    }

    @ParameterizedTest
    @CsvSource({
        "c7g.large, ARM Neoverse-V1 (c7g.large)",
        "To Be Filled By O.E.M., ARM Neoverse-V1",
        "'', ARM Neoverse-V1"
    })
    void takesTheNameFromTheFirmwareIfThereIsOne(String product, String expected) throws IOException {
        write("proc/cpuinfo", core("0x41", "0xd40").repeat(2));
        write("sys/class/dmi/id/product_name", product + "\n");
        assertThat(Chip.onLinux(root)).contains(expected);
    }

    /** A 32-bit personality adds a model name that says nothing. */
    @Test
    void prefersTheNumbersToAModelName() throws IOException {
        write(
                "proc/cpuinfo",
                "model name\t: ARMv8 Processor rev 1 (v8l)\n"
                        + core("0x41", "0xd08").repeat(4));
        assertThat(Chip.onLinux(root)).contains("ARM Cortex-A72");
    }

    private static String core(String implementer, String part) {
        return "processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\nCPU implementer\t: " + implementer
                + "\nCPU architecture: 8\nCPU variant\t: 0x3\nCPU part\t: " + part + "\nCPU revision\t: 1\n\n";
    }

    private void write(String file, String content) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, content);
    }
}
