package io.github.whisperspeedtest.cli;

import java.lang.reflect.AnnotatedElement;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;

/** Lists the options of a command by group, and keeps the synopsis short. */
final class HelpLayout {
    /** The order of an option without one, as picocli documents it. */
    private static final int NO_ORDER = -1;

    private HelpLayout() {}

    /** Applies the layout to a command and all its subcommands. */
    static void apply(CommandLine command) {
        command.getCommandSpec()
                .usageMessage()
                .abbreviateSynopsis(true)
                .parameterListHeading("%n")
                .commandListHeading("%nCommands:%n");
        command.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, HelpLayout::options);
        command.getSubcommands().values().forEach(HelpLayout::apply);
    }

    private static String options(Help help) {
        StringBuilder text = new StringBuilder();
        for (OptionGroup group : OptionGroup.values()) {
            List<OptionSpec> options = help.commandSpec().options().stream()
                    .filter(option -> !option.hidden() && group(option) == group)
                    .sorted(Comparator.comparing(OptionSpec::usageHelp)
                            .thenComparing(OptionSpec::versionHelp)
                            .thenComparingInt(HelpLayout::order))
                    .toList();
            if (!options.isEmpty()) {
                Help.Layout layout = help.createDefaultLayout();
                layout.addOptions(options, help.createDefaultParamLabelRenderer());
                text.append(String.format("%n%s:%n", group.heading())).append(layout);
            }
        }
        return text.toString();
    }

    /** Options without an order come after those with one. */
    private static int order(OptionSpec option) {
        return option.order() == NO_ORDER ? Integer.MAX_VALUE : option.order();
    }

    static OptionGroup group(OptionSpec option) {
        OptionGroup.In group = option.userObject() instanceof AnnotatedElement declaration
                ? declaration.getAnnotation(OptionGroup.In.class)
                : null;
        return group == null ? OptionGroup.COMMON : group.value();
    }
}
