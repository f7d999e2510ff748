package io.github.whisperspeedtest.whispercpp.bindings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.Memory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ParamsLayoutsTest {
    /** Sizes and offsets as a C compiler computes them from the header of each release. */
    @ParameterizedTest
    @CsvSource({
        "1.7.1, 264, 72,  0, 80,  96, 104, 124, 136, 152, 240, 256,   0,   0",
        "1.7.5, 264, 72,  0, 80,  96, 104, 124, 136, 152, 240, 256,   0,   0",
        "1.7.6, 296, 72,  0, 80,  96, 104, 124, 136, 152, 240, 256, 260, 292",
        "1.8.0, 296, 72,  0, 80,  96, 104, 124, 136, 152, 240, 256, 260, 292",
        "1.8.1, 304, 72, 80, 88, 104, 112, 132, 144, 160, 248, 264, 268, 300",
        "1.9.3, 304, 72, 80, 88, 104, 112, 132, 144, 160, 248, 264, 268, 300"
    })
    void offsetsAreThoseOfTheHeader(
            String version,
            int bytes,
            int prompt,
            int carriedPrompt,
            int promptTokens,
            int language,
            int detectLanguage,
            int entropy,
            int bestOf,
            int segmentCallback,
            int grammarRules,
            int grammarPenalty,
            int vad,
            int overlap) {
        StructLayout layout = ParamsLayouts.full(WhisperRelease.parse(version).orElseThrow());

        assertThat(layout.bytes()).isEqualTo(bytes);
        assertThat(layout.offset("translate")).isEqualTo(20);
        assertThat(layout.offset("suppress_regex")).isEqualTo(64);
        assertThat(layout.offset("initial_prompt")).isEqualTo(prompt);
        assertThat(layout.has("carry_initial_prompt")).isEqualTo(carriedPrompt > 0);
        if (carriedPrompt > 0) {
            assertThat(layout.offset("carry_initial_prompt")).isEqualTo(carriedPrompt);
        }
        assertThat(layout.offset("prompt_tokens")).isEqualTo(promptTokens);
        assertThat(layout.offset("language")).isEqualTo(language);
        assertThat(layout.offset("detect_language")).isEqualTo(detectLanguage);
        assertThat(layout.offset("entropy_thold")).isEqualTo(entropy);
        assertThat(layout.offset("greedy.best_of")).isEqualTo(bestOf);
        assertThat(layout.offset("new_segment_callback")).isEqualTo(segmentCallback);
        assertThat(layout.offset("n_grammar_rules")).isEqualTo(grammarRules);
        assertThat(layout.offset("grammar_penalty")).isEqualTo(grammarPenalty);
        assertThat(layout.has("vad")).isEqualTo(vad > 0);
        if (vad > 0) {
            assertThat(layout.offset("vad")).isEqualTo(vad);
            assertThat(layout.offset("vad_params.samples_overlap")).isEqualTo(overlap);
        }
    }

    @Test
    void contextHasFlashAttentionByDefaultSince180() {
        StructLayout before = ParamsLayouts.context(new WhisperRelease(1, 7, 6));
        StructLayout since = ParamsLayouts.context(new WhisperRelease(1, 8, 0));

        assertThat(before.bytes()).isEqualTo(48).isEqualTo(since.bytes());
        assertThat(since.offset("dtw_mem_size")).isEqualTo(40);
        try (Memory memory = new Memory(48)) {
            memory.clear();
            memory.setByte(0, (byte) 1);
            memory.setByte(1, (byte) 1);
            memory.setInt(16, -1);
            memory.setLong(40, 128L << 20);
            assertThat(since.difference(memory)).isEmpty();
            assertThat(before.difference(memory)).contains("flash_attn at byte 1 is true instead of false");
        }
    }

    /** A pointer at a wrong place must not be followed. */
    @Test
    void doesNotReadTextIfAnythingElseDiffers() {
        StructLayout layout = ParamsLayouts.full(new WhisperRelease(1, 9, 3));
        try (Memory memory = new Memory(layout.bytes())) {
            memory.setMemory(0, layout.bytes(), (byte) 1);
            assertThat(layout.difference(memory))
                    .hasValueSatisfying(text -> assertThat(text).startsWith("strategy at byte 0 is 16843009"));
        }
    }

    @Test
    void everyByteOfAFieldIsCompared() {
        StructLayout layout = ParamsLayouts.context(WhisperRelease.OLDEST);
        try (Memory memory = new Memory(48)) {
            memory.clear();
            memory.setByte(0, (byte) 2);
            assertThat(layout.difference(memory)).contains("use_gpu at byte 0 is 2 instead of true");
        }
    }

    @Test
    void unknownFieldIsRefused() {
        StructLayout layout = ParamsLayouts.full(WhisperRelease.OLDEST);
        assertThatThrownBy(() -> layout.offset("vad")).isInstanceOf(IllegalArgumentException.class);
    }
}
