package io.github.whisperspeedtest.benchmark;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Names the cores of an ARM processor by their numbers in {@code /proc/cpuinfo}, which on Linux are all that it says about them.
 *
 * <p>Source: the values of {@code MIDR_EL1} in the kernel's {@code arch/arm64/include/asm/cputype.h} and in util-linux's
 * {@code lscpu-arm.c}; only 64-bit cores.
 */
final class ArmChip {
    private static final String IMPLEMENTER = "CPU implementer";
    private static final String PART = "CPU part";

    /** Part number after the implementer's, both hexadecimal. */
    private static final Map<String, String> CORES = Map.ofEntries(
            Map.entry("41 d02", "Cortex-A34"),
            Map.entry("41 d03", "Cortex-A53"),
            Map.entry("41 d04", "Cortex-A35"),
            Map.entry("41 d05", "Cortex-A55"),
            Map.entry("41 d06", "Cortex-A65"),
            Map.entry("41 d07", "Cortex-A57"),
            Map.entry("41 d08", "Cortex-A72"),
            Map.entry("41 d09", "Cortex-A73"),
            Map.entry("41 d0a", "Cortex-A75"),
            Map.entry("41 d0b", "Cortex-A76"),
            Map.entry("41 d0c", "Neoverse-N1"),
            Map.entry("41 d0d", "Cortex-A77"),
            Map.entry("41 d0e", "Cortex-A76AE"),
            Map.entry("41 d40", "Neoverse-V1"),
            Map.entry("41 d41", "Cortex-A78"),
            Map.entry("41 d42", "Cortex-A78AE"),
            Map.entry("41 d43", "Cortex-A65AE"),
            Map.entry("41 d44", "Cortex-X1"),
            Map.entry("41 d46", "Cortex-A510"),
            Map.entry("41 d47", "Cortex-A710"),
            Map.entry("41 d48", "Cortex-X2"),
            Map.entry("41 d49", "Neoverse-N2"),
            Map.entry("41 d4a", "Neoverse-E1"),
            Map.entry("41 d4b", "Cortex-A78C"),
            Map.entry("41 d4c", "Cortex-X1C"),
            Map.entry("41 d4d", "Cortex-A715"),
            Map.entry("41 d4e", "Cortex-X3"),
            Map.entry("41 d4f", "Neoverse-V2"),
            Map.entry("41 d80", "Cortex-A520"),
            Map.entry("41 d81", "Cortex-A720"),
            Map.entry("41 d82", "Cortex-X4"),
            Map.entry("41 d84", "Neoverse-V3"),
            Map.entry("41 d85", "Cortex-X925"),
            Map.entry("41 d87", "Cortex-A725"),
            Map.entry("41 d8e", "Neoverse-N3"),
            Map.entry("43 0a1", "ThunderX"),
            Map.entry("43 0af", "ThunderX2"),
            Map.entry("46 001", "A64FX"),
            Map.entry("48 d01", "Kunpeng 920"),
            Map.entry("4e 004", "Carmel"),
            Map.entry("51 001", "Oryon"),
            Map.entry("51 804", "Kryo 4xx Gold"),
            Map.entry("51 805", "Kryo 4xx Silver"),
            Map.entry("61 022", "Icestorm (M1)"),
            Map.entry("61 023", "Firestorm (M1)"),
            Map.entry("61 024", "Icestorm (M1 Pro)"),
            Map.entry("61 025", "Firestorm (M1 Pro)"),
            Map.entry("61 028", "Icestorm (M1 Max)"),
            Map.entry("61 029", "Firestorm (M1 Max)"),
            Map.entry("61 032", "Blizzard (M2)"),
            Map.entry("61 033", "Avalanche (M2)"),
            Map.entry("61 034", "Blizzard (M2 Pro)"),
            Map.entry("61 035", "Avalanche (M2 Pro)"),
            Map.entry("61 038", "Blizzard (M2 Max)"),
            Map.entry("61 039", "Avalanche (M2 Max)"),
            Map.entry("6d d49", "Azure Cobalt 100"),
            Map.entry("c0 ac3", "Ampere-1"),
            Map.entry("c0 ac4", "Ampere-1A"));

    private static final Map<String, String> IMPLEMENTERS = Map.ofEntries(
            Map.entry("41", "ARM"),
            Map.entry("42", "Broadcom"),
            Map.entry("43", "Cavium"),
            Map.entry("46", "Fujitsu"),
            Map.entry("48", "HiSilicon"),
            Map.entry("4e", "NVIDIA"),
            Map.entry("51", "Qualcomm"),
            Map.entry("53", "Samsung"),
            Map.entry("61", "Apple"),
            Map.entry("6d", "Microsoft"),
            Map.entry("70", "Phytium"),
            Map.entry("c0", "Ampere"));

    private ArmChip() {}

    /**
     * Returns the cores, such as {@code ARM Neoverse-N1}, or with their numbers where they differ:
     * {@code ARM 4 × Cortex-A76, 4 × Cortex-A55}; empty for other processors.
     *
     * @param cpuInfo the lines of {@code /proc/cpuinfo}
     */
    static Optional<String> cores(List<String> cpuInfo) {
        // A larger core has a larger part number, and large cores come first, as processors are advertised.
        Map<String, Integer> counts = new TreeMap<>(Comparator.reverseOrder());
        String implementer = "";
        for (String line : cpuInfo) {
            String value = line.substring(line.indexOf(':') + 1).strip();
            if (line.startsWith(IMPLEMENTER)) {
                implementer = digits(value, 2);
            } else if (line.startsWith(PART) && !implementer.isEmpty()) {
                counts.merge(implementer + " " + digits(value, 3), 1, Integer::sum);
            }
        }
        if (counts.isEmpty()) {
            return Optional.empty();
        }
        List<String> names = new ArrayList<>();
        counts.forEach((core, count) -> names.add((counts.size() > 1 ? count + " × " : "") + core(core)));
        return Optional.of(prefix(counts) + String.join(", ", names));
    }

    private static String prefix(Map<String, Integer> counts) {
        String all = counts.keySet().stream()
                .map(core -> core.substring(0, 2))
                .distinct()
                .map(implementer -> IMPLEMENTERS.getOrDefault(implementer, "implementer 0x" + implementer))
                .collect(Collectors.joining("/"));
        return all + " ";
    }

    private static String core(String core) {
        return CORES.getOrDefault(core, "part 0x" + core.substring(3));
    }

    /** Returns a hexadecimal number with leading zeros. */
    private static String digits(String value, int count) {
        String digits = value.toLowerCase(Locale.ROOT).replaceFirst("^0x", "");
        return "0".repeat(Math.max(0, count - digits.length())) + digits;
    }
}
