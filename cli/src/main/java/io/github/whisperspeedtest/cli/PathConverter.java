package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.settings.Settings;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Understands {@code ~} in the paths of options: behind an equals sign shells leave it as it is. */
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
