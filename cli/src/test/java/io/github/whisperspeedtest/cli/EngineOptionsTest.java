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

    private static LoadOptions parse(String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.engine.loadOptions();
    }

    @Command
    private static final class Holder {
        @Mixin
        private EngineOptions engine;
    }
}
