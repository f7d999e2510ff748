package io.github.whisperspeedtest.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SampleTest {
    private static final List<Integer> TWENTY = IntStream.range(0, 20).boxed().toList();

    /** Saved reports and other machines depend on exactly these. */
    @Test
    void staysTheSame() {
        assertThat(Sample.of(TWENTY, 5, 0)).containsExactly(4, 7, 9, 11, 17);
        assertThat(Sample.of(TWENTY, 5, 1)).containsExactly(2, 12, 14, 16, 17);
        assertThat(Sample.of(TWENTY, 5, -1)).containsExactly(0, 1, 8, 11, 19);
    }

    /** Java's generator is SplitMix64, too, as long as it is not split. */
    @Test
    void shufflesAsDocumented() {
        for (int seed = 0; seed < 100; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Integer> shuffled = new ArrayList<>(TWENTY);
            for (int i = 0; i < 7; i++) {
                Collections.swap(shuffled, i, i + (int) ((random.nextLong() >>> 1) % (TWENTY.size() - i)));
            }
            assertThat(Sample.of(TWENTY, 7, seed))
                    .containsExactlyElementsOf(
                            shuffled.subList(0, 7).stream().sorted().toList());
        }
    }

    @Test
    void takesEveryElementEquallyOften() {
        int[] counts = new int[20];
        for (int seed = 0; seed < 4000; seed++) {
            Sample.of(TWENTY, 5, seed).forEach(element -> counts[element]++);
        }
        // 1000 are expected of each, with a standard deviation of 27.
        assertThat(IntStream.of(counts).boxed()).allMatch(count -> count > 850 && count < 1150);
    }

    @Test
    void takesAllOfASmallSet() {
        assertThat(Sample.of(TWENTY, 20, 3)).isEqualTo(TWENTY);
        assertThat(Sample.of(TWENTY, Integer.MAX_VALUE, 3)).isEqualTo(TWENTY);
        assertThatThrownBy(() -> Sample.of(TWENTY, 0, 3)).hasMessageContaining("size must be at least 1, but was 0");
    }

    /** Neither the order in which a file system lists files, nor the locale, nor the form of its letters decides. */
    @Test
    void doesNotDependOnTheMachine() {
        Locale before = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr"));
            List<String> names = List.of("i.wav", "I.wav", "z/a.wav", "z.wav", "\u00e4.wav", "b-1.wav", "b_1.wav");
            List<String> decomposed =
                    List.of("b_1.wav", "z.wav", "I.wav", "a\u0308.wav", "z/a.wav", "b-1.wav", "i.wav");
            assertThat(set(names).entries())
                    .extracting(DatasetEntry::name)
                    .containsExactly("I.wav", "b-1.wav", "b_1.wav", "i.wav", "z.wav", "z/a.wav", "\u00e4.wav");
            for (long seed = 0; seed < 20; seed++) {
                assertThat(set(decomposed).sample(3, seed))
                        .extracting(entry -> entry.name().replace("a\u0308", "\u00e4"))
                        .containsExactlyElementsOf(set(names).sample(3, seed).stream()
                                .map(DatasetEntry::name)
                                .toList());
            }
        } finally {
            Locale.setDefault(before);
        }
    }

    private static Dataset set(List<String> names) {
        return new Dataset(
                Path.of("set"),
                DatasetLayout.FOLDER,
                names.stream()
                        .map(name -> new DatasetEntry(name, Path.of(name), null, null, null))
                        .toList(),
                List.of());
    }
}
