package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.files.UserPaths;
import java.nio.file.Path;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Understands {@code ~} in the paths of options: behind an equals sign shells leave it as it is. */
final class PathConverter implements ITypeConverter<Path> {
    @Override
    public Path convert(String value) {
        try {
            return UserPaths.current().expand(value);
        } catch (WhisperSpeedtestException e) {
            throw new TypeConversionException(e.getMessage());
        }
    }
}
