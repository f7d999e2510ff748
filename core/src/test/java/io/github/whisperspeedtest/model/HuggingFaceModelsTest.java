package io.github.whisperspeedtest.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.checkpoint.HuggingFaceCheckpoint;
import io.github.whisperspeedtest.hub.testing.CacheBuilder;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HuggingFaceModelsTest {
    @TempDir
    private Path directory;

    @Test
    void publishedModelsAreInHubCacheUnderTheirSizes() {
        List<ModelInfo> models = HuggingFaceModels.in(directory, "some");
        assertThat(models.get(0).name()).isEqualTo(EmbeddedModel.NAME);
        assertThat(models.get(0).localPaths())
                .allSatisfy(path -> assertThat(path.toString()).contains("some"));
        assertThat(models.subList(1, models.size())).hasSize(12).allSatisfy(model -> {
            String size = model.name().equals("large") ? "large-v3-turbo" : model.name();
            ModelSource.HubRepository repository = model.repositories().get(0);
            assertThat(repository.repository()).isEqualTo("openai/whisper-" + size);
            assertThat(repository.files())
                    .containsAll(HuggingFaceCheckpoint.FILES)
                    .contains("preprocessor_config.json?");
            assertThat(model.hfCacheDir()).isNull();
            assertThat(model.localPaths()).isEmpty();
        });
    }

    @Test
    void additionalPythonFilesAreOptional() throws IOException {
        ModelInfo model = HuggingFaceModels.in(directory, "some").stream()
                .filter(candidate -> candidate.name().equals("tiny"))
                .findFirst()
                .orElseThrow();
        String commit = CacheBuilder.commit("plain");
        CacheBuilder cache =
                new CacheBuilder(directory, model.repositories().get(0).repository()).ref("main", commit);
        for (String name : HuggingFaceCheckpoint.FILES) {
            cache.linked(commit, name, name.getBytes(StandardCharsets.UTF_8));
        }
        ModelLocator locator = new ModelLocator(directory);
        assertThat(locator.best(model).orElseThrow().files()).hasSize(HuggingFaceCheckpoint.FILES.size());

        cache.linked(commit, "preprocessor_config.json", new byte[] {1});
        assertThat(locator.best(model).orElseThrow().toModelFiles("tiny").byName())
                .hasSize(HuggingFaceCheckpoint.FILES.size() + 1)
                .containsKey("preprocessor_config.json");
    }

    @Test
    void findsSingleAndShardedWeights() throws IOException {
        ModelInfo model = HuggingFaceModels.in(directory, "some").stream()
                .filter(candidate -> candidate.name().equals("large-v3"))
                .findFirst()
                .orElseThrow();
        String repository = model.repositories().get(0).repository();
        String commit = CacheBuilder.commit("sharded");
        CacheBuilder cache = new CacheBuilder(directory, repository).ref("main", commit);
        ModelLocator locator = new ModelLocator(directory);
        for (String name : List.of(
                "config.json",
                "generation_config.json",
                "tokenizer.json",
                "model.safetensors.index.json",
                "model-00001-of-00002.safetensors")) {
            assertThat(locator.best(model)).isEmpty();
            cache.linked(commit, name, name.getBytes(StandardCharsets.UTF_8));
        }
        // Only the index states the number of shards; loading checks it.
        cache.linked(commit, "model-00002-of-00002.safetensors", new byte[] {1});
        assertThat(locator.best(model).orElseThrow().toModelFiles("large-v3").byName())
                .hasSize(6)
                .containsKeys("model.safetensors.index.json", "model-00002-of-00002.safetensors");
    }
}
