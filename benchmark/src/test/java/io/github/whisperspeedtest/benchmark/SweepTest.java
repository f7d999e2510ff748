package io.github.whisperspeedtest.benchmark;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.transcription.TranscribeOptions;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SweepTest {
    private static final String MODEL = FakeImplementations.MODEL;

    @TempDir
    private Path directory;

    /** Only "tunable" has the option "level". */
    @Test
    void optionOfOneEngineMakesSeveralCandidatesOfThisOneOnly() throws IOException {
        assertThat(names(List.of("tunable", "steady"), level("1"), level("2")))
                .containsExactly("tunable/fake level=1", "tunable/fake level=2", "steady/fake");
    }

    @Test
    void optionOfNoEngineStays() throws IOException {
        assertThat(names(List.of("steady"), level("1"))).containsExactly("steady/fake level=1");
    }

    private static LoadOptions level(String value) {
        LoadOptions defaults = LoadOptions.defaults();
        return new LoadOptions(defaults.device(), defaults.computeType(), defaults.threads(), Map.of("level", value));
    }

    private List<String> names(List<String> implementations, LoadOptions... loads) throws IOException {
        Path jar = FakeImplementations.jar(directory.resolve("fakes.jar"));
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {jar.toUri().toURL()}, getClass().getClassLoader())) {
            WhisperSpeedtest library = WhisperSpeedtest.builder()
                    .classLoader(loader)
                    .home(ToolHome.at(directory))
                    .build();
            return Sweep.of(library, implementations, MODEL, List.of(loads), List.of(TranscribeOptions.defaults()))
                    .candidates()
                    .stream()
                    .map(Candidate::name)
                    .toList();
        }
    }
}
