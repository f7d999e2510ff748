package io.github.whisperspeedtest.process;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Selects lines that explain why a process died, from its output and its crash report. */
final class NativeMessage {
    private static final int MAX_LINES = 10;
    private static final int MAX_LINE_LENGTH = 500;

    /** Lines that a JVM prints at its start or around a crash and that explain nothing. */
    private static final Pattern BOILERPLATE = Pattern.compile("#.*"
            + "|\\[(thread|error occurred|timer expired).*"
            + "|(OpenJDK|Java HotSpot).* VM warning: .*"
            + "|(NOTE: )?Picked up (JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS).*"
            + "|WARNING: (A restricted method|.* has been called by|Use --enable-native-access|Restricted methods"
            + "|Using incubator modules|A terminally deprecated|Please consider reporting|.* will be removed).*"
            + "|SLF4J(\\([WIE]\\))?: .*"
            + "|Aborted( \\(core dumped\\))?");

    /** Lines in the header of a crash report that do not depend on the crash. */
    private static final Pattern REPORT_BOILERPLATE = Pattern.compile("#?"
            + "|# (A fatal error has been detected|JRE version|Java VM|No core dump|Core dump|An error report"
            + "|If you would like|The crash happened outside|See problematic frame|Possible reasons|Possible solutions"
            + "|This output file may be|Can not save log file|CreateCoredumpOnCrash).*"
            + "|#\\s+https?://.*|#   \\S.*");

    private static final Pattern CAUGHT_SIGNAL =
            Pattern.compile("(?m)^#\\s+(SIG[A-Z]+|EXCEPTION_[A-Z_]+) \\(0x[0-9a-fA-F]+\\)");

    private NativeMessage() {}

    /**
     * Returns the informative lines.
     *
     * @param output the end of the process's output
     * @param crashReport the crash report of the JVM, empty if there is none
     */
    static String of(String output, String crashReport) {
        Set<String> lines = new LinkedHashSet<>();
        List<String> printed = output.lines()
                .map(String::stripTrailing)
                .filter(line -> !line.isBlank() && !BOILERPLATE.matcher(line).matches())
                .map(NativeMessage::cut)
                .toList();
        lines.addAll(printed.subList(Math.max(0, printed.size() - MAX_LINES), printed.size()));
        lines.addAll(headOf(crashReport));
        return String.join("\n", lines);
    }

    /** Returns the signal that the JVM caught, null if the report names none. */
    static @Nullable String caughtSignal(String crashReport) {
        Matcher matcher = CAUGHT_SIGNAL.matcher(crashReport);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static List<String> headOf(String crashReport) {
        List<String> lines = new ArrayList<>();
        List<String> head =
                crashReport.lines().takeWhile(line -> line.startsWith("#")).toList();
        for (String line : head) {
            if (lines.size() < MAX_LINES && !REPORT_BOILERPLATE.matcher(line).matches()) {
                lines.add(cut(line.substring(1).strip()));
            }
        }
        return lines;
    }

    private static String cut(String line) {
        return line.length() <= MAX_LINE_LENGTH ? line : line.substring(0, MAX_LINE_LENGTH) + "…";
    }
}
