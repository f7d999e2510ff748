package io.github.whisperspeedtest.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.checkpoint.EmbeddedModel;
import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Capabilities;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ModelInfo;
import io.github.whisperspeedtest.spi.ModelOrigin;
import io.github.whisperspeedtest.transcription.EngineParameters;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** Id, availability, models and declared capabilities of an implementation. */
abstract class IdentityTests extends ContractTests {
    IdentityTests(ImplementationContract contract) {
        super(contract);
    }

    @Test
    void isFoundThroughServiceLoader() {
        assertThat(ServiceLoader.load(Implementation.class).stream().map(ServiceLoader.Provider::type))
                .contains(contract.newImplementation().getClass());
    }

    @Test
    void hasValidId() {
        assertThat(implementation.id()).matches("[a-z0-9]+(-[a-z0-9]+)*");
    }

    @Test
    void isAvailableAndNamesRuntimeAndDevice() {
        assertThat(implementation.availability()).isInstanceOfSatisfying(Availability.Available.class, available -> {
            assertThat(available.runtime()).isNotBlank();
            assertThat(available.device()).isNotBlank();
        });
    }

    @Test
    void knowsEmbeddedModelAndPublishedSizes() {
        List<String> names =
                implementation.models(temporary).stream().map(ModelInfo::name).toList();
        assertThat(names).doesNotHaveDuplicates().contains(EmbeddedModel.NAME);
        assumeSpeechIsRecognised();
        assertThat(names)
                .contains("tiny", "base", "small", "medium", "large", "large-v2", "large-v3", "large-v3-turbo");
    }

    @Test
    void unknownModelListsKnownModels() {
        assertThatThrownBy(() -> implementation.modelInfo("gigantic", temporary))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContainingAll("gigantic", implementation.id())
                .hasMessageContainingAll(implementation.models(temporary).stream()
                        .map(ModelInfo::name)
                        .toArray(String[]::new));
    }

    @Test
    void keepsModelsInModelsDirectoryOrHubCache() {
        for (ModelInfo model : implementation.models(temporary)) {
            assertThat(model.localPaths()).allSatisfy(path -> assertThat(path).startsWithRaw(temporary));
        }
    }

    @Test
    void reportsActualEngineParameters() {
        EngineParameters parameters = shared.parameters();
        assertThat(parameters.model()).isEqualTo(contract.model());
        assertThat(parameters.runtime()).isNotBlank();
        assertThat(parameters.requestedDevice()).isEqualTo(loadOptions().device());
        assertThat(parameters.device()).isNotBlank();
        assertThat(parameters.computeType()).isNotBlank();
        assertThat(parameters.threads()).isEqualTo(loadOptions().threads());
    }

    @Test
    void declaresFormatsAndModelSources() {
        assertThat(declared.formatsRead()).isNotEmpty();
        assertThat(declared.formatsWritten().isEmpty())
                .as("no format written")
                .isEqualTo(implementation.checkpointWriter().isEmpty());
        assertThat(declared.modelOrigins())
                .containsAll(implementation.models(temporary).stream()
                        .flatMap(model -> model.sources().stream())
                        .map(ModelOrigin::of)
                        .toList());
    }

    @Test
    void declaresTheSameEveryTime() {
        Capabilities first = contract.newImplementation().capabilities();
        Capabilities second = contract.newImplementation().capabilities();
        assertThat(second).usingRecursiveComparison().isEqualTo(first);
    }
}
