package io.github.whisperspeedtest.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelInfoTest {
    @Test
    void localModelHasNoCache() {
        List<Path> paths = new ArrayList<>(List.of(Path.of("a.bin")));
        ModelInfo info = ModelInfo.ofLocalFiles("m", List.of(new ModelSource.Embedded("f16")), paths, 12);
        paths.clear();

        assertThat(info.hfCacheDir()).isNull();
        assertThat(info.localPaths()).containsExactly(Path.of("a.bin"));
        assertThat(info.expectedBytes()).isEqualTo(12);
        assertThat(info.fallbacks()).isEmpty();
    }

    @Test
    void addingCompanionsKeepsModel() {
        ModelInfo companion =
                ModelInfo.ofLocalFiles("c", List.of(new ModelSource.Embedded("f16")), List.of(Path.of("c.bin")), 1);
        ModelInfo fallback =
                ModelInfo.ofLocalFiles("f", List.of(new ModelSource.Embedded("f16")), List.of(Path.of("f.bin")), 2);
        ModelInfo alone = new ModelInfo(
                "m",
                List.of(new ModelSource.Embedded("f16")),
                Path.of("cache"),
                List.of(Path.of("m.bin")),
                3,
                List.of(fallback));
        List<ModelInfo> companions = new ArrayList<>(List.of(companion));
        ModelInfo both = alone.withCompanions(companions);
        companions.clear();

        assertThat(alone.companions()).isEmpty();
        assertThat(both.companions()).containsExactly(companion);
        assertThat(both.withCompanions(List.of())).isEqualTo(alone);
    }

    @Test
    void modelNeedsSource() {
        assertThatThrownBy(() -> ModelInfo.ofLocalFiles("m", List.of(), List.of(Path.of("a.bin")), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Model 'm' has no source");
    }

    @Test
    void validatesHashAndConvertsItToLowerCase() {
        URI address = URI.create("https://example.org/a.bin");

        assertThat(new ModelSource.DirectDownload(address, "a.bin", "AB".repeat(32)).sha256())
                .isEqualTo("ab".repeat(32));
        for (String wrong : List.of("", "ab".repeat(31), "ab".repeat(33), "xy".repeat(32))) {
            assertThatThrownBy(() -> new ModelSource.DirectDownload(address, "a.bin", wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(address.toString());
        }
    }

    @Test
    void sourcesReportTheirKind() {
        ModelSource hub = new ModelSource.HubRepository("owner/name", "main", List.of("a.bin"));
        ModelSource direct = new ModelSource.DirectDownload(URI.create("https://a.org/b"), "b.bin", "a".repeat(64));
        ModelSource embedded = new ModelSource.Embedded("f16");
        ModelSource random = new ModelSource.RandomWeights("tiny", "f16");
        ModelSource converted = new ModelSource.Converted();
        List<ModelSource> all = List.of(hub, direct, embedded, random, converted);

        assertThat(all.stream().filter(ModelSource::isPublished)).containsExactly(hub, direct);
        assertThat(all.stream().filter(ModelSource::isGenerated)).containsExactly(embedded, random);
        assertThat(all.stream().filter(ModelSource::isEmbedded)).containsExactly(embedded);
        assertThat(all.stream().filter(ModelSource::isConverted)).containsExactly(converted);
        assertThat(all.stream().flatMap(source -> source.hubRepository().stream()))
                .containsExactly((ModelSource.HubRepository) hub);
        assertThat(all.stream().flatMap(source -> source.publishedName().stream()))
                .containsExactly("owner/name", "b.bin");
        assertThat(all.stream().flatMap(source -> source.sha256Of("b.bin").stream()))
                .containsExactly("a".repeat(64));
        assertThat(direct.sha256Of("c.bin")).isEmpty();
    }
}
