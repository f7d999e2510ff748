package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.audio.RawFormat;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** How a recording on standard input is read. */
final class StandardInputOptions {
    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec;

    @Option(
            names = "--raw-format",
            order = 7,
            paramLabel = "FORMAT",
            converter = Converter.class,
            description = "Samples without a header on standard input: ENCODING@RATE[xCHANNELS], such as s16le@16000.")
    private @Nullable RawFormat rawFormat;

    StandardInputOptions() {}

    /** Reads a format such as {@code s16le@16000}. */
    static final class Converter implements ITypeConverter<RawFormat> {
        Converter() {}

        @Override
        public RawFormat convert(String text) {
            try {
                return RawFormat.parse(text);
            } catch (IllegalArgumentException e) {
                throw new TypeConversionException(String.valueOf(e.getMessage()));
            }
        }
    }

    /**
     * Checks the use of standard input, and returns it; nothing is read yet.
     *
     * <p>A prompt cannot consume audio: it needs a terminal as standard input, which is refused here.
     *
     * @param arguments the recordings of the command line
     * @throws ParameterException if standard input is named twice or is a terminal, or a raw format is given without it
     */
    StandardInput open(Terminal terminal, List<Path> arguments) {
        long count = arguments.stream().filter(StandardInput::isMeantBy).count();
        if (count > 1) {
            throw new ParameterException(spec.commandLine(), "Standard input (-) can be read only once");
        }
        if (count == 1 && terminal.inIsTerminal()) {
            throw new ParameterException(
                    spec.commandLine(), "Standard input (-) is a terminal; pipe or redirect a recording to it");
        }
        if (count == 0 && rawFormat != null) {
            throw new ParameterException(
                    spec.commandLine(), "--raw-format applies to standard input only; name it with -");
        }
        return new StandardInput(terminal.in(), rawFormat);
    }
}
