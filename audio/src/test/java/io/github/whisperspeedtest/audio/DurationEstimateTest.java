package io.github.whisperspeedtest.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationEstimateTest {
    private static final int HEAD = 1 << 16;

    /** Bytes of ten minutes of 16-bit mono at 16 kHz. */
    private static final int TEN_MINUTES = 600 * 32_000;

    @ParameterizedTest
    @CsvSource({
        "reference.flac, 1.0, 0",
        "mono24.flac, 0.25, 0",
        "reference.mp3, 1.04, 0.01",
        "untagged.mp3, 1.07, 0.01",
        "layer2.mp2, 0.32, 0.01",
        "layer2-low.mp2, 0.31, 0.01",
        "reference.ogg, 1.0, 0.001",
        "paged.ogg, 1.0, 0.1",
        "many-pages.ogg, 1.0, 0.1",
        "opus.ogg, 0.5, 0.01"
    })
    void estimatesSamples(String file, double seconds, double tolerance) {
        assertThat(whole(Signals.resource(file))).isCloseTo(seconds, within(tolerance));
    }

    @Test
    void wavIsExactWithTheHeaderAlone() {
        byte[] start = new WavWriter()
                .dataLength(TEN_MINUTES)
                .chunkBefore("LIST", new byte[999])
                .bytes();
        long size = start.length + TEN_MINUTES;

        assertThat(seconds(start, size)).isEqualTo(600);
        assertThat(seconds(start, size + 5_000_000)).as("chunks after it").isEqualTo(600);
        assertThat(seconds(start, size / 2)).as("truncated").isCloseTo(300, within(0.1));
        assertThat(seconds(Arrays.copyOf(start, HEAD), size)).isEqualTo(600);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 0x7FFFF000L, 0x80000000L, 0xFFFFFFFFL})
    void wavWithPlaceholderExtendsToTheEnd(long placeholder) {
        byte[] start =
                new WavWriter().riffLength(placeholder).dataLength(placeholder).bytes();

        assertThat(seconds(start, start.length + TEN_MINUTES)).isEqualTo(600);
    }

    @Test
    void wavWhoseLengthWrappedAround4GigabytesExtendsToTheEnd() {
        byte[] start = new WavWriter().dataLength(1_000_000).bytes();

        assertThat(seconds(start, start.length + (1L << 32) + 1_000_000))
                .isEqualTo(((1L << 32) + 1_000_000) / 32_000.0);
    }

    @Test
    void wavMayHaveALargePictureBeforeItsSamples() {
        byte[] file = new WavWriter()
                .chunkBefore("LIST", new byte[500_000])
                .samples(new double[32_000])
                .bytes();
        byte[] formatFirst = swapFormatAndList(file);
        // Must not be taken for the next chunk.
        System.arraycopy(ascii("data\4\0\0\0"), 0, formatFirst, 1_000, 8);

        assertThat(seconds(formatFirst, file.length)).isCloseTo(2, within(0.001));
        assertThat(estimate(file, file.length)).isEmpty();
    }

    /** The format comes after the list in the files of {@link WavWriter}. */
    private static byte[] swapFormatAndList(byte[] file) {
        int list = 8 + 500_000;
        byte[] result = file.clone();
        System.arraycopy(file, 12 + list, result, 12, 24);
        System.arraycopy(file, 12, result, 36, list);
        return result;
    }

    @Test
    void readsLongLengths() {
        long bytes = 40_000L * 32_000;
        byte[] rf64 = new WavWriter().long64().dataLength(bytes).bytes();

        assertThat(seconds(rf64, rf64.length + bytes + 1_000)).isEqualTo(40_000);

        ByteBuffer wave64 = ByteBuffer.allocate(104).order(ByteOrder.LITTLE_ENDIAN);
        byte[] suffix = HexFormat.of().parseHex("F3ACD3118CD100C04F8EDB8A");
        wave64.put(ascii("riff"))
                .put(HexFormat.of().parseHex("2E91CF11A5D628DB04C10000"))
                .putLong(104 + bytes)
                .put(ascii("wave"))
                .put(suffix)
                .put(ascii("fmt "))
                .put(suffix)
                .putLong(24 + 16);
        wave64.putShort((short) 1).putShort((short) 1).putInt(16_000).putInt(32_000);
        wave64.putShort((short) 2).putShort((short) 16);
        wave64.put(ascii("data")).put(suffix).putLong(24 + bytes);

        assertThat(seconds(wave64.array(), 104 + bytes + 1_000)).isEqualTo(40_000);
    }

    @Test
    void readsMp3InWav() {
        byte[] mp3 = Signals.resource("untagged.mp3");
        byte[] header = new WavWriter().code(0x55).dataLength(mp3.length).bytes();

        assertThat(whole(join(header, mp3))).isCloseTo(1.07, within(0.01));
    }

    @Test
    void flacWithoutTotalIsEstimatedFromItsSize() {
        byte[] bytes = Signals.resource("mono24.flac");
        ByteBuffer.wrap(bytes).putInt(22, 0);
        long second = 44_100L * 3 / 2;

        assertThat(seconds(bytes, 600 * second)).isCloseTo(600, within(100.0));
    }

    @Test
    void readsFlacInOggAndAfterTags() {
        byte[] flac = Signals.resource("reference.flac");
        byte[] page = new byte[28];
        System.arraycopy(ascii("OggS"), 0, page, 0, 4);
        page[26] = 1;
        page[27] = 51;
        byte[] packet = {0x7f, 'F', 'L', 'A', 'C', 1, 0, 0, 1};

        assertThat(whole(join(page, packet, flac))).isEqualTo(1);
        assertThat(whole(join(tag(3_000), flac))).isEqualTo(1);
    }

    @Test
    void mp3WithLargeTagIsEstimatedFromTheRest() {
        byte[] untagged = Signals.resource("untagged.mp3");

        assertThat(whole(join(tag(50_000), untagged))).isCloseTo(1.07, within(0.01));
        assertThat(seconds(Arrays.copyOf(tag(500_000), HEAD), 500_010 + 160_000))
                .isEqualTo(10);
        assertThat(estimate(Arrays.copyOf(tag(500_000), HEAD), 400_000))
                .as("tag beyond the end")
                .isEmpty();
    }

    @Test
    void mp3OfVariableRateIsAveraged() {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        // MPEG-1 layer III at 48 kHz: 32 kbit/s for silence at the start, then 128 kbit/s.
        for (int i = 0; i < 300; i++) {
            byte[] frame = new byte[i < 20 ? 96 : 384];
            frame[0] = (byte) 0xff;
            frame[1] = (byte) 0xfb;
            frame[2] = (byte) (i < 20 ? 0x14 : 0x94);
            file.writeBytes(frame);
        }

        assertThat(seconds(file.toByteArray(), file.size() * 10L)).isCloseTo(72, within(10.0));
    }

    /** The information frame counts frames and bytes. */
    @Test
    void mp3UsesInformationFrameInProportionToTheSize() {
        byte[] bytes = Signals.resource("reference.mp3");
        int info = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("Info");
        ByteBuffer.wrap(bytes).putInt(info + 8, 50_000).putInt(info + 12, 5_000_000);
        double stated = 50_000 * 1152 / 44_100.0;
        long tag = info - 36;

        assertThat(seconds(bytes, tag + 5_000_000)).isCloseTo(stated, within(0.01));
        assertThat(seconds(bytes, tag + 2_500_000)).as("truncated").isCloseTo(stated / 2, within(0.01));
        ByteBuffer.wrap(bytes).putInt(info + 8, -1);
        assertThat(seconds(bytes, tag + 5_000_000)).as("absurd count").isCloseTo(5_000_000 / 8_000.0, within(20.0));
    }

    @Test
    void oggUsesTimestampsOfTheFirstPages() {
        byte[] pages = Signals.resource("many-pages.ogg");
        // Every page states a later time, as in a recorded broadcast.
        ByteBuffer fields = ByteBuffer.wrap(pages).order(ByteOrder.LITTLE_ENDIAN);
        for (int at : pagesOf(pages)) {
            long time = fields.getLong(at + 6);
            fields.putLong(at + 6, time == 0 ? 0 : time + 44_100L * 3600);
        }

        assertThat(whole(pages)).isCloseTo(1, within(0.1));
        assertThat(seconds(pages, 3_945 + 5_200_000)).isCloseTo(1_000, within(100.0));
    }

    @Test
    void oggWithoutTimestampsUsesNominalOrTypicalRate() {
        byte[] vorbis = Arrays.copyOf(Signals.resource("reference.ogg"), 3_000);
        ByteBuffer fields = ByteBuffer.wrap(vorbis).order(ByteOrder.LITTLE_ENDIAN);

        fields.putInt(28 + 20, 96_000);
        assertThat(seconds(vorbis, 1_200_000)).isEqualTo(100);
        fields.putInt(28 + 20, -1);
        assertThat(seconds(vorbis, 800_000)).isEqualTo(100);
        assertThat(seconds(Arrays.copyOf(Signals.resource("opus.ogg"), 100), 400_000))
                .isEqualTo(100);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\0\0\0\u0020ftypM4A ",
                "\u001a\u0045\u00df\u00a3",
                "#!AMR\n",
                "RIFF\0\0\0\0AVI LIST",
                "OggS\0\2\0\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\0\1\u0020\u0080theora",
                "OggS",
                "ID3",
                "some text",
                ""
            })
    void otherContentIsUnknown(String start) {
        byte[] bytes = start.getBytes(StandardCharsets.ISO_8859_1);

        assertThat(estimate(bytes, 1_000_000)).isEmpty();
        assertThat(estimate(Arrays.copyOf(bytes, HEAD), 1_000_000)).isEmpty();
    }

    @Test
    void hostileFieldsYieldNothingOrAValueBoundedBySize() {
        byte[] noRate = new WavWriter().rate(0).dataLength(TEN_MINUTES).bytes();
        byte[] noChannels = new WavWriter().channels(0).dataLength(TEN_MINUTES).bytes();
        byte[] slow = new WavWriter().bits(8).rate(1).dataLength(TEN_MINUTES).bytes();
        byte[] flac = Signals.resource("reference.flac");

        assertThat(estimate(noRate, TEN_MINUTES)).isEmpty();
        assertThat(estimate(noChannels, TEN_MINUTES)).isEmpty();
        assertThat(seconds(slow, TEN_MINUTES)).isEqualTo(TEN_MINUTES / 125.0);
        ByteBuffer.wrap(flac).putInt(22, -1);
        assertThat(whole(flac)).isEqualTo(flac.length / 125.0);
        Arrays.fill(flac, 18, 21, (byte) 0);
        assertThat(estimate(flac, flac.length)).isEmpty();
        assertThat(estimate(noRate, -1)).isEmpty();
        assertThat(estimate(noRate, 0)).isEmpty();
        for (String file : List.of("untagged.mp3", "opus.ogg", "reference.ogg")) {
            assertThat(estimate(Signals.resource(file), Long.MAX_VALUE)).isPresent();
        }
    }

    private static Stream<Arguments> samples() {
        byte[] wav = new WavWriter()
                .extensible()
                .chunkBefore("LIST", new byte[99])
                .samples(new double[16_000])
                .bytes();
        byte[] rf64 = new WavWriter().long64().samples(new double[16_000]).bytes();
        return Stream.concat(
                Stream.of(Arguments.of("wav", wav, 1.0), Arguments.of("rf64", rf64, 1.0)),
                Stream.of(
                                "reference.flac",
                                "mono24.flac",
                                "reference.mp3",
                                "untagged.mp3",
                                "layer2.mp2",
                                "reference.ogg",
                                "paged.ogg",
                                "many-pages.ogg",
                                "opus.ogg")
                        .map(name -> {
                            byte[] bytes = Signals.resource(name);
                            return Arguments.of(name, bytes, name.equals("opus.ogg") ? 0.5 : decoded(bytes));
                        }));
    }

    /** A part of a header must not be taken for the whole of it. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void anyLengthOfHeadYieldsNothingOrTheRightMagnitude(String name, byte[] file, double seconds) {
        for (int length = 0; length <= Math.min(file.length, 9_000); length++) {
            Optional<Duration> estimate = estimate(Arrays.copyOf(file, length), file.length);

            assertThat(estimate.map(DurationEstimateTest::seconds).orElse(seconds))
                    .as("%s, %d bytes", name, length)
                    .isBetween(seconds / 3, seconds * 3);
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("samples")
    void damageYieldsNothingOrAValueBoundedBySize(String name, byte[] file, double seconds) {
        Random random = new Random(name.hashCode());
        for (int i = 0; i < 2_000; i++) {
            byte[] bytes = Arrays.copyOf(file, Math.min(file.length, 4_000));
            for (int flips = random.nextInt(8); flips >= 0; flips--) {
                bytes[random.nextInt(Math.min(120, bytes.length))] = (byte) random.nextInt();
            }
            assertBounded(bytes, file.length);
        }
    }

    @Test
    void randomBytesYieldNothingOrAValueBoundedBySize() {
        Random random = new Random(1);
        for (String start : List.of("", "RIFF....WAVE", "riff", "fLaC", "OggS", "ID3", "\u00ff\u00fb")) {
            for (int i = 0; i < 20; i++) {
                byte[] bytes = new byte[random.nextInt(HEAD + 100)];
                random.nextBytes(bytes);
                byte[] mark = start.getBytes(StandardCharsets.ISO_8859_1);
                System.arraycopy(mark, 0, bytes, 0, Math.min(mark.length, bytes.length));

                assertBounded(bytes, bytes.length);
                assertBounded(bytes, random.nextLong());
            }
        }
    }

    /** The header of Wave64 alone, followed by zeros, states a negative length of chunks. */
    @Test
    void wave64OfZerosYieldsNothing() {
        byte[] bytes = new byte[HEAD];
        System.arraycopy(ascii("riff"), 0, bytes, 0, 4);
        System.arraycopy(ascii("wave"), 0, bytes, 24, 4);

        assertThat(estimate(bytes, HEAD)).isEmpty();
    }

    private static void assertBounded(byte[] head, long size) {
        estimate(head, size)
                .ifPresent(
                        duration -> assertThat(seconds(duration)).isPositive().isLessThanOrEqualTo(size / 125.0));
    }

    private static List<Integer> pagesOf(byte[] ogg) {
        String text = new String(ogg, StandardCharsets.ISO_8859_1);
        return Stream.iterate(text.indexOf("OggS"), at -> at >= 0, at -> text.indexOf("OggS", at + 1))
                .toList();
    }

    private static double decoded(byte[] file) {
        return seconds(AudioFiles.read("test", new ByteArrayInputStream(file)).duration());
    }

    private static double whole(byte[] file) {
        return seconds(file, file.length);
    }

    private static double seconds(byte[] file, long size) {
        return seconds(estimate(file, size).orElseThrow());
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static Optional<Duration> estimate(byte[] file, long size) {
        return DurationEstimate.of(Arrays.copyOf(file, Math.min(file.length, HEAD)), size);
    }

    /** Returns an ID3v2 tag with a content of zeros. */
    private static byte[] tag(int length) {
        byte[] tag = new byte[10 + length];
        System.arraycopy(new byte[] {'I', 'D', '3', 4}, 0, tag, 0, 4);
        for (int i = 0; i < 4; i++) {
            tag[6 + i] = (byte) (length >> 7 * (3 - i) & 0x7f);
        }
        return tag;
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream result = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            result.writeBytes(part);
        }
        return result.toByteArray();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
