package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;

import io.github.whisperspeedtest.spi.LoadOptions;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class EngineOptionsTest {
    @Test
    void defaultsAreThoseOfTheLibrary() {
        assertThat(parse()).isEqualTo(LoadOptions.defaults());
    }

    @Test
    void keepsEngineOptionsInOrder() {
        assertThat(parse("--engine-option", "level=2", "--engine-option=dump-graph=/tmp/a=b")
                        .engineOptions())
                .containsExactly(entry("level", "2"), entry("dump-graph", "/tmp/a=b"));
    }

    @Test
    void rejectsEngineOptionWithoutValue() {
        assertThatThrownBy(() -> parse("--engine-option", "dump-graph"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContainingAll("--engine-option", "KEY=VALUE");
    }

    @Test
    void severalValuesOfAnEngineOptionAreVariants() {
        assertThat(options("-t", "1,2", "--engine-option", "library=bundled", "--engine-option", "library=auto")
                        .loadVariants())
                .extracting(load -> load.threads() + " " + load.engineOptions())
                .containsExactly("1 {library=bundled}", "1 {library=auto}", "2 {library=bundled}", "2 {library=auto}");
        assertThatThrownBy(() -> parse("--engine-option", "level=1", "--engine-option", "level=2"))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("Only benchmark takes several values");
    }

    private static LoadOptions parse(String... arguments) {
        return options(arguments).loadOptions();
    }

    private static EngineOptions options(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.engine;
    }

    @Command
    private static final class Holder {
        @Mixin
        private EngineOptions engine;
    }
}
