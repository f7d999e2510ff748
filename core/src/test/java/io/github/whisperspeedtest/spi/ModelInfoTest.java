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
    void modelOfLocalFilesIsInNoCache() {
        List<Path> paths = new ArrayList<>(List.of(Path.of("a.bin")));
        ModelInfo info = ModelInfo.ofLocalFiles("m", List.of(new ModelSource.Embedded("f16")), paths, 12);
        paths.clear();

        assertThat(info.hfCacheDir()).isNull();
        assertThat(info.localPaths()).containsExactly(Path.of("a.bin"));
        assertThat(info.expectedBytes()).isEqualTo(12);
        assertThat(info.fallbacks()).isEmpty();
    }

    @Test
    void companionsAreAddedToAModelAsItIs() {
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
    void modelMustComeFromSomewhere() {
        assertThatThrownBy(() -> ModelInfo.ofLocalFiles("m", List.of(), List.of(Path.of("a.bin")), 0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("Model 'm' names no source");
    }

    @Test
    void hashOfADownloadIsCheckedAndMadeLowerCase() {
        URI address = URI.create("https://example.org/a.bin");

        assertThat(new ModelSource.DirectDownload(address, "a.bin", "AB".repeat(32)).sha256())
                .isEqualTo("ab".repeat(32));
        for (String wrong : List.of("", "ab".repeat(31), "ab".repeat(33), "xy".repeat(32))) {
            assertThatThrownBy(() -> new ModelSource.DirectDownload(address, "a.bin", wrong))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(address.toString());
        }
    }
}
