package io.github.whisperspeedtest.cli;

import java.util.List;
import java.util.Set;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The tool itself; without a command it shows its help. */
@Command(
        name = "whisper-speedtest",
        description = "Benchmark and run Whisper implementations, and manage their models.",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest benchmark                       measure with the demo model",
            "  whisper-speedtest benchmark -m small -a talk.mp3  measure with your recording",
            "  whisper-speedtest transcribe talk.mp3 -m small    transcribe a recording",
            "  whisper-speedtest serve -m small                  serve it to other programs",
            "  whisper-speedtest check-models -m small           check that its models load",
            "  whisper-speedtest list                            show what can run here",
            "",
            "Exit codes: 0 success, 1 partial failure, 2 wrong usage or input,",
            "3 missing or damaged model, 4 missing requirement of the machine,",
            "70 internal error, 130 interrupted, 141 broken pipe."
        })
final class RootCommand implements Runnable {
    /** The commands in the order of the help. */
    private static final List<Class<?>> COMMANDS = List.of(
            BenchmarkCommand.class,
            ResultsCommand.class,
            RecommendCommand.class,
            TranscribeCommand.class,
            ListenCommand.class,
            ServeCommand.class,
            SparkCommand.class,
            CheckModelsCommand.class,
            DownloadCommand.class,
            CopyCommand.class,
            ConvertCommand.class,
            ScoreCommand.class,
            CacheCommand.class,
            EngineCommand.class,
            ListCommand.class,
            HelpCommand.class,
            AutoComplete.GenerateCompletion.class);

    private static final Set<Class<?>> NEEDING_ALL = Set.of(HelpCommand.class, AutoComplete.GenerateCompletion.class);

    @Spec
    private CommandSpec spec;

    private final Terminal terminal;

    RootCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    /**
     * Returns the command line, with only the command that the arguments begin with. The models of all commands take longer to make than
     * most commands run.
     */
    static CommandLine commandLine(CommandFactory factory, List<String> arguments) {
        CommandLine root = new CommandLine(RootCommand.class, factory);
        String first = arguments.isEmpty() ? "" : arguments.get(0);
        List<Class<?>> named =
                COMMANDS.stream().filter(type -> name(type).equals(first)).toList();
        boolean concernsOthers = named.isEmpty() || NEEDING_ALL.containsAll(named);
        (concernsOthers ? COMMANDS : named).forEach(type -> root.addSubcommand(new CommandLine(type, factory)));
        return root;
    }

    private static String name(Class<?> command) {
        return command.getAnnotation(Command.class).name();
    }

    @Override
    public void run() {
        spec.commandLine().usage(terminal.out());
    }
}
