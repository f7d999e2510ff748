package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.settings.Settings;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Expands {@code ~} in the paths of options, which shells do not expand after an equals sign. */
final class PathConverter implements ITypeConverter<Path> {
    @Override
    public Path convert(String value) {
        try {
            return Settings.ofProcess().paths().expand(value);
        } catch (WhisperSpeedtestException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
