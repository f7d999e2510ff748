package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import io.github.whisperspeedtest.model.EngineStore;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.system.HostSystem;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryFinder;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WhisperCppLibrariesTest {
    @ParameterizedTest
    @ValueSource(strings = {LoadOptions.AUTO, WhisperCppLibraries.BUNDLED, "/opt/homebrew/lib"})
    void refusesJavaForIntelOnAppleSilicon(String requested, @TempDir Path home) {
        ImplementationContext context = TestContexts.ofEngine();
        HostSystem translated = new HostSystem("Mac OS X", "x86_64", "15.1", home, unused -> "1\n");
        WhisperCppLibraries libraries = new WhisperCppLibraries(
                context, new LibraryFinder(home, new EngineStore(context.engines())), translated);

        assertThatThrownBy(() -> libraries.choose(requested))
                .isInstanceOfSatisfying(RuntimeUnavailableException.class, e -> {
                    assertThat(e.reason()).contains("This Java is for Intel");
                    assertThat(e.remedy()).contains("ARM64");
                });
    }
}
