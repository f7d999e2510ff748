package io.github.whisperspeedtest.whispercpp.bindings;

import java.util.ArrayList;
import java.util.List;

/** Reads the text of {@code whisper_print_system_info}. */
final class SystemInfo {
    /** The section of features of the CPU, which need no name of their backend. */
    private static final String CPU = "CPU";

    /** The section of features of whisper.cpp itself. */
    private static final String WHISPER = "WHISPER";

    private SystemInfo() {}

    /**
     * Returns the features that are switched on, such as {@code AVX2}, {@code COREML} or {@code CUDA USE_GRAPHS}.
     *
     * @param text {@code AVX = 1 | AVX2 = 0 | …} before 1.7.5; later with sections:
     *     {@code WHISPER : COREML = 0 | CPU : SSE3 = 1 | AVX = 1 | CUDA : ARCHS = 500 | …}
     */
    static List<String> features(String text) {
        List<String> features = new ArrayList<>();
        String section = CPU;
        for (String part : text.split("\\|")) {
            String entry = part.strip();
            int colon = entry.indexOf(" : ");
            if (colon >= 0) {
                section = entry.substring(0, colon).strip();
                entry = entry.substring(colon + 3).strip();
            }
            if (entry.endsWith("= 1")) {
                String name = entry.substring(0, entry.indexOf('=')).strip();
                features.add(section.equals(CPU) || section.equals(WHISPER) ? name : section + " " + name);
            }
        }
        return features;
    }
}
