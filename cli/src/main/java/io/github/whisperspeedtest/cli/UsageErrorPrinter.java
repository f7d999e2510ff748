package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.audio.AudioExtensions;
import io.github.whisperspeedtest.error.NearestName;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Explains a command line that cannot be understood, with at most one suggestion. */
final class UsageErrorPrinter implements CommandLine.IParameterExceptionHandler {
    /** The names under which Whisper models are published, and the prefixes of those that this tool makes. */
    private static final Pattern MODEL = Pattern.compile(
            "(tiny|base|small|medium)(\\.en)?|large(-v[123])?(-turbo)?|micro(-.+)?|random-.+",
            Pattern.CASE_INSENSITIVE);

    private final Terminal terminal;

    UsageErrorPrinter(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public int handleParseException(ParameterException failure, String[] args) {
        CommandLine command = failure.getCommandLine();
        terminal.err().println("error: " + message(failure));
        terminal.err()
                .println(suggestion(failure)
                        .map(text -> "Did you mean '" + text + "'?")
                        .orElseGet(() -> "Run '" + command.getCommandSpec().qualifiedName() + " --help' for usage."));
        return ExitCode.USAGE;
    }

    private static String message(ParameterException failure) {
        if (failure instanceof UnmatchedArgumentException unmatched) {
            return unmatched(unmatched);
        }
        if (failure instanceof MissingParameterException missing) {
            return missing(missing);
        }
        if (failure instanceof OverwrittenOptionException overwritten) {
            return name(overwritten.getOverwritten()) + " is given more than once";
        }
        ArgSpec argument = failure.getArgSpec();
        if (argument == null) {
            return String.valueOf(failure.getMessage());
        }
        String value = failure.getValue();
        String given = value == null ? "" : ", but was '" + value + "'";
        if (argument.converters().length > 0 || type(argument) == Path.class) {
            // Our own converters give the reason, to which picocli adds a prefix.
            String text = String.valueOf(failure.getMessage());
            return name(argument) + ": " + text.substring(text.indexOf(": ") + 2);
        }
        return name(argument) + " must be " + expected(argument) + given;
    }

    private static String unmatched(UnmatchedArgumentException failure) {
        String first = failure.getUnmatched().get(0);
        if (first.startsWith("-") && first.length() > 1) {
            return "unknown option '" + first.split("=", 2)[0] + "'";
        }
        boolean hasCommands = !failure.getCommandLine().getSubcommands().isEmpty();
        return (hasCommands ? "unknown command '" : "unexpected argument '") + first + "'";
    }

    private static String missing(MissingParameterException failure) {
        ArgSpec first = failure.getMissing().isEmpty()
                ? failure.getArgSpec()
                : failure.getMissing().get(0);
        if (first == null) {
            return "an argument is missing";
        }
        if (first.isOption() && !failure.getMissing().isEmpty() && first.required()) {
            return "missing option " + name(first) + " " + first.paramLabel();
        }
        return first.isOption()
                ? name(first) + " needs a value: " + first.paramLabel()
                : "missing argument " + first.paramLabel();
    }

    private static String name(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    /** Returns the type of one value. */
    private static Class<?> type(ArgSpec argument) {
        return argument.auxiliaryTypes().length > 0 ? argument.auxiliaryTypes()[0] : argument.type();
    }

    private static String expected(ArgSpec argument) {
        Class<?> type = type(argument);
        if (argument.completionCandidates() != null && type.isEnum()) {
            List<String> values = StreamSupport.stream(
                            argument.completionCandidates().spliterator(), false)
                    .map(value -> value.toLowerCase(Locale.ROOT))
                    .toList();
            return values.size() < 2
                    ? String.join("", values)
                    : String.join(", ", values.subList(0, values.size() - 1)) + " or " + values.get(values.size() - 1);
        }
        if (type == int.class || type == Integer.class) {
            return "a whole number";
        }
        return type == Double.class || type == double.class ? "a number" : "a valid " + argument.paramLabel();
    }

    private Optional<String> suggestion(ParameterException failure) {
        if (!(failure instanceof UnmatchedArgumentException unmatched)) {
            return Optional.empty();
        }
        CommandSpec command = failure.getCommandLine().getCommandSpec();
        List<String> words = unmatched.getUnmatched();
        String first = words.get(0);
        if (first.startsWith("-") && first.length() > 1) {
            String[] parts = first.split("=", 2);
            return NearestName.of(parts[0], longOptions(command))
                    .map(option -> parts.length == 1 ? option : option + "=" + parts[1]);
        }
        @Nullable String use = use(command, first);
        if (use != null) {
            String rest = words.stream().skip(1).map(word -> " " + quoted(word)).collect(Collectors.joining());
            return Optional.of(use + quoted(first) + rest);
        }
        return NearestName.of(first, command.subcommands().keySet()).map(name -> command.qualifiedName() + " " + name);
    }

    private static List<String> longOptions(CommandSpec command) {
        return Stream.of(command.optionsMap(), command.negatedOptionsMap())
                .flatMap(options -> options.keySet().stream())
                .filter(name -> name.startsWith("--"))
                .toList();
    }

    /** Returns the command and option that take a word of this kind, or null if nothing is known about the word. */
    private static @Nullable String use(CommandSpec command, String word) {
        boolean root = command.parent() == null;
        if (root && NearestName.of(word, command.subcommands().keySet()).isPresent()) {
            return null;
        }
        String tool = command.root().qualifiedName();
        if (isRecording(word)) {
            return command.findOption("--audio") != null
                    ? command.qualifiedName() + " --audio "
                    : tool + " transcribe ";
        }
        if (MODEL.matcher(word).matches()) {
            return command.findOption("--model") != null
                    ? command.qualifiedName() + " -m "
                    : root ? tool + " download -m " : null;
        }
        if (command.findOption("-i") != null && implementations().contains(word)) {
            return command.qualifiedName() + " -i ";
        }
        return null;
    }

    private static boolean isRecording(String word) {
        try {
            Path file = Path.of(word);
            return StandardInput.isMeantBy(file) || AudioExtensions.isAudio(file) || Files.isRegularFile(file);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static List<String> implementations() {
        try {
            List<String> ids = new ArrayList<>();
            new Completions.Implementations().forEach(ids::add);
            return ids;
        } catch (WhisperSpeedtestException e) {
            return List.of();
        }
    }

    private static String quoted(String word) {
        return word.contains(" ") ? '"' + word + '"' : word;
    }
}
