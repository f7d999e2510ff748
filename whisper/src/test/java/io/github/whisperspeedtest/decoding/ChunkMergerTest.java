package io.github.whisperspeedtest.decoding;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.alignment.WordTiming;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Chunks of 30 s that begin at 0, 20, 40 and 60 s; a word is one token. */
class ChunkMergerTest {
    private static final DecodedWindow WINDOW = new DecodedWindow(List.of(), "", -0.5, 0.1, 0, 1);

    private final Map<String, Integer> ids = new HashMap<>();
    private final Chunks chunks = Chunks.overlapping(List.of(new FrameRange(0, 9000)), 3000);
    private final List<ChunkSegment> merged = new ArrayList<>();
    private final ChunkMerger merger = new ChunkMerger(true, merged::add);
    private int added;

    @Test
    void writesOverlapOnce() {
        add(said(1, 4, "a b c"), said(18, 22, "d e f g"), said(23, 29, "h i j k"));
        add(said(20, 22, "f g"), said(23, 29, "h i j k"), said(31, 33, "l m"));
        finish();

        assertThat(texts()).containsExactly("a b c", "d e f g", "h i j k", "l m");
        assertThat(merged.get(2).start()).isEqualTo(23);
        assertThat(merged.get(2).end()).isEqualTo(29);
    }

    @Test
    void takesWordsCutOffAtEdgeFromOtherChunk() {
        add(said(18, 30, "a b c d e f gar"));
        add(said(20, 33, "bled c d e f garden g"));
        finish();
        assertThat(texts()).containsExactly("a b c d e f garden g");
    }

    @Test
    void joinsSentenceAcrossChunks() {
        add(said(21.5, 30, "a b c d e f g"));
        add(said(20.2, 33.5, "b c d e f g h i j"));
        finish();

        assertThat(merged).hasSize(1);
        assertThat(merged.get(0).start()).isEqualTo(21.5);
        assertThat(merged.get(0).end()).isEqualTo(33.5);
        assertThat(texts()).containsExactly("a b c d e f g h i j");
        assertThat(merged.get(0).window()).isSameAs(WINDOW);
    }

    @Test
    void splitsSegmentsAtEndFoundByOneChunk() {
        add(said(20, 24, "a b c d"), said(24.5, 30, "e f g h"));
        add(said(20, 29, "a b c d e f g h"), said(30, 33, "i j"));
        finish();

        assertThat(text()).isEqualTo("a b c d e f g h i j");
        assertThat(texts()).last().isEqualTo("i j");
        assertThat(merged.get(0).end()).isLessThanOrEqualTo(merged.get(1).start());
    }

    @Test
    void keepsRepeatedPhraseOnce() {
        add(
                said(16, 18, "a no no"),
                said(18, 20, "no no"),
                said(20, 22, "no no"),
                said(22, 24, "no no"),
                said(24, 30, "no b no no c"));
        add(said(20, 22, "no no"), said(22, 24, "no no"), said(24, 30, "no b no no c"), said(31, 33, "no no"));
        finish();
        assertThat(text()).isEqualTo("a no no no no no no no no no b no no c no no");
    }

    @Test
    void matchesRepeatedSentenceByTime() {
        List<ChunkSegment> left = new ArrayList<>();
        List<ChunkSegment> right = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            left.add(said(3 * i, 3 * i + 2, "turn it off"));
        }
        // The second chunk lacks one of the sentences in the overlap, so some of the longest runs are at wrong times.
        for (int i = 8; i < 16; i++) {
            right.add(said(3 * i, 3 * i + 2, "turn it off"));
        }
        add(left.toArray(ChunkSegment[]::new));
        add(right.toArray(ChunkSegment[]::new));
        finish();
        assertThat(merged)
                .hasSize(16)
                .allSatisfy(segment -> assertThat(text(segment)).isEqualTo("turn it off"));
    }

    @Test
    void splitsAtMiddleOfOverlapWithoutCommonTokens() {
        add(said(20, 24, "a b c d"), said(26, 30, "w x y z"));
        add(said(20, 24, "e f g h"), said(26, 32, "i j k l"));
        finish();
        assertThat(texts()).containsExactly("a b c d", "i j k l");
    }

    @Test
    void openSegmentEndsBeforeNext() {
        add(said(20, 30, "q r s t u v w x"));
        add(said(20.5, 22.5, "q r s t u v w x"), said(26, 28, "c d"), said(31, 32, "e"));
        finish();

        assertThat(texts()).containsExactly("q r s t u v w x", "c d", "e");
        assertThat(merged.get(0).end()).isLessThanOrEqualTo(26);
    }

    @Test
    void wholeSegmentEndsAtStartOfNext() {
        add(said(20, 30, "q r s t u v w x"));
        add(said(20.5, 22.5, "Z r s t u v w x"), said(26, 28, "c d"), said(31, 32, "e"));
        finish();

        assertThat(texts()).containsExactly("q r s t u v w x", "c d", "e");
        assertThat(merged.get(0).start()).isEqualTo(20);
        assertThat(merged.get(0).end()).isEqualTo(26);
    }

    @Test
    void prefersToMergeBetweenSegments() {
        add(said(19, 21, "x"), said(21, 30, "a b c d e f g"));
        add(said(20.2, 21, "x"), said(21, 24.5, "a b c"), said(24.6, 33, "d e f g h i"));
        finish();
        assertThat(texts())
                .as("in the middle of the overlap only the second chunk decoded an end")
                .containsExactly("x", "a b c", "d e f g h i");
    }

    @Test
    void silentChunkDoesNotAffectOthers() {
        add(said(21, 29, "a b c"));
        add();
        add(said(41, 45, "d e"));
        finish();
        assertThat(texts()).containsExactly("a b c", "d e");

        merged.clear();
        added = 0;
        ChunkMerger other = new ChunkMerger(true, merged::add);
        other.add(chunks.get(0), List.of());
        other.add(chunks.get(1), List.of(said(21, 24, "a b")));
        other.add(chunks.get(3), List.of());
        assertThat(texts()).as("text decoded only by the later chunk").containsExactly("a b");
    }

    @Test
    void emitsSegmentsThatCanNoLongerChange() {
        add(said(1, 4, "a b"), said(14, 18.9, "c d"), said(19, 22, "e f"));
        assertThat(texts()).containsExactly("a b", "c d");
        add(said(20, 22, "e f"), said(24, 38, "g h"), said(38.5, 49, "i j"));
        assertThat(texts()).containsExactly("a b", "c d", "e f", "g h");
        add();
        assertThat(texts()).last().isEqualTo("i j");
    }

    @Test
    void limitsSegmentsToWindowLength() {
        String[] words = new String[120];
        Arrays.setAll(words, i -> "w" + i);
        for (int i = 0; i < 4; i++) {
            // Two words per second, without a pause in any chunk.
            List<String> decoded = List.of(words).subList(40 * i, Math.min(120, 40 * i + 60));
            add(said(20 * i, 20 * i + decoded.size() / 2.0, String.join(" ", decoded)));
            if (40 * i + 60 >= 120) {
                break;
            }
        }
        finish();
        assertThat(text()).isEqualTo(String.join(" ", words));
        assertThat(merged)
                .allSatisfy(
                        segment -> assertThat(segment.end() - segment.start()).isLessThanOrEqualTo(30));
    }

    @Test
    void withoutTimesSegmentsAreDeduplicatedChunks() {
        ChunkMerger untimed = new ChunkMerger(false, merged::add);
        untimed.add(chunks.get(0), List.of(said(0, 30, "a b c d e f g h i j k l m n o")));
        untimed.add(chunks.get(1), List.of(said(20, 50, "XX l m n o p q r s t u v w x y")));
        untimed.add(chunks.get(3), List.of());

        assertThat(text()).isEqualTo("a b c d e f g h i j k l m n o p q r s t u v w x y");
        assertThat(merged).extracting(ChunkSegment::start).containsExactly(0.0, 25.0);
        assertThat(merged).extracting(ChunkSegment::end).containsExactly(25.0, 50.0);
    }

    @Test
    void withoutTimesAndCommonTextKeepsEverything() {
        ChunkMerger untimed = new ChunkMerger(false, merged::add);
        untimed.add(chunks.get(0), List.of(said(0, 30, "a b c")));
        untimed.add(chunks.get(3), List.of(said(20, 50, "d c e")));
        assertThat(texts()).containsExactly("a b c", "d c e");
    }

    @Test
    void withoutTimesIgnoresDistantCommonWords() {
        ChunkMerger untimed = new ChunkMerger(false, merged::add);
        untimed.add(chunks.get(0), List.of(said(0, 30, "of the a b c d e f")));
        untimed.add(chunks.get(3), List.of(said(20, 50, "g h i j k l m of the")));
        assertThat(texts()).containsExactly("of the a b c d e f", "g h i j k l m of the");
    }

    @Test
    void penalizesRunsThatSkipTokens() {
        ChunkMerger untimed = new ChunkMerger(false, merged::add);
        untimed.add(chunks.get(0), List.of(at(25, "p q r a b c d e f g y z")));
        untimed.add(chunks.get(3), List.of(at(25, "y z h i j k l m n p q r o")));
        assertThat(text()).isEqualTo("p q r a b c d e f g y z h i j k l m n p q r o");
    }

    @Test
    void keepsTimesOfAlignedWords() {
        ChunkSegment left = said(21, 29, "a b c d");
        ChunkSegment right = said(21, 29, "a b c d");
        add(aligned(left, 0.3));
        add(aligned(right, 0.4), said(31, 32, "e"));
        finish();
        assertThat(texts()).containsExactly("a b c d", "e");
        List<Double> shifts = merged.get(0).words().stream()
                .map(word -> word.timing().start() - word.start())
                .toList();
        assertThat(shifts).allSatisfy(shift -> assertThat(shift).isBetween(0.29, 0.41));
    }

    @Test
    void joinsCorrectlyDecodedChunks() {
        for (int seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            List<ChunkSegment> sentences = new ArrayList<>();
            double time = random.nextDouble();
            while (time < 85) {
                int length = 1 + random.nextInt(6);
                List<String> words = new ArrayList<>();
                for (int i = 0; i < length; i++) {
                    // Few words, so that many of them recur.
                    words.add("w" + random.nextInt(8));
                }
                double end = time + 0.4 * length + random.nextDouble();
                sentences.add(said(time, end, String.join(" ", words)));
                time = end + random.nextDouble() * (random.nextInt(5) == 0 ? 12 : 1);
            }
            merged.clear();
            ChunkMerger each = new ChunkMerger(true, merged::add);
            for (int i = 0; i < chunks.count(); i++) {
                each.add(chunks.get(i), decoded(sentences, chunks.get(i)));
            }
            String expected = sentences.stream().map(ChunkMergerTest::text).collect(Collectors.joining(" "));
            assertThat(text()).as("seed %d", seed).isEqualTo(expected);
            double previous = 0;
            for (ChunkSegment segment : merged) {
                assertThat(segment.start()).isGreaterThanOrEqualTo(previous - 0.5);
                previous = segment.start();
            }
        }
    }

    /** Returns the part of the sentences in a chunk. Sentences at its edges lose the words outside, and the word that the edge cuts. */
    private List<ChunkSegment> decoded(List<ChunkSegment> sentences, Chunk chunk) {
        double end = chunk.start() + chunk.frames() / 100.0;
        List<ChunkSegment> decoded = new ArrayList<>();
        for (ChunkSegment sentence : sentences) {
            List<ChunkWord> inside = sentence.words().stream()
                    .filter(word -> word.start() >= chunk.start() && word.end() <= end)
                    .toList();
            if (!inside.isEmpty()) {
                decoded.add(new ChunkSegment(
                        inside.get(0).start(), inside.get(inside.size() - 1).end(), inside, WINDOW));
            }
        }
        return decoded;
    }

    private void add(ChunkSegment... segments) {
        merger.add(chunks.get(added++), List.of(segments));
    }

    private void finish() {
        merger.add(chunks.get(chunks.count() - 1), List.of());
    }

    /** Returns a segment; its words are equally long. */
    private ChunkSegment said(double start, double end, String text) {
        String[] words = text.split(" ");
        double each = (end - start) / words.length;
        List<ChunkWord> result = new ArrayList<>();
        for (int i = 0; i < words.length; i++) {
            int id = ids.computeIfAbsent(words[i], word -> ids.size());
            WordTiming timing = new WordTiming(words[i], List.of(id), start + i * each, start + (i + 1) * each, 1);
            result.add(new ChunkWord(timing, timing.start(), timing.end()));
        }
        return new ChunkSegment(start, end, result, WINDOW);
    }

    /** Returns a segment whose words have no known position in the chunk. */
    private ChunkSegment at(double time, String text) {
        List<ChunkWord> words = said(time, time, text).words();
        return new ChunkSegment(time - 5, time + 5, words, WINDOW);
    }

    /** Returns a segment whose words are aligned later than its timestamps suggest. */
    private static ChunkSegment aligned(ChunkSegment segment, double later) {
        List<ChunkWord> words = segment.words().stream()
                .map(word -> new ChunkWord(
                        new WordTiming(
                                word.timing().text(),
                                word.timing().tokens(),
                                word.start() + later,
                                word.end() + later,
                                0.5),
                        word.start(),
                        word.end()))
                .toList();
        return new ChunkSegment(segment.start() + later, segment.end() + later, words, segment.window());
    }

    private List<String> texts() {
        return merged.stream().map(ChunkMergerTest::text).toList();
    }

    private String text() {
        return String.join(" ", texts());
    }

    private static String text(ChunkSegment segment) {
        return segment.words().stream().map(word -> word.timing().text()).collect(Collectors.joining(" "));
    }
}
