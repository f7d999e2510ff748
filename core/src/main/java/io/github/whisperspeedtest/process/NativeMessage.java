package io.github.whisperspeedtest.process;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Picks out of what a dead process left behind the lines that tell why it died. */
final class NativeMessage {
    private static final int MAX_LINES = 10;
    private static final int MAX_LINE_LENGTH = 500;

    /** Lines that a JVM prints beside the matter, at its start or around a crash. */
    private static final Pattern BOILERPLATE = Pattern.compile("#.*"
            + "|\\[(thread|error occurred|timer expired).*"
            + "|(OpenJDK|Java HotSpot).* VM warning: .*"
            + "|(NOTE: )?Picked up (JAVA_TOOL_OPTIONS|_JAVA_OPTIONS|JDK_JAVA_OPTIONS).*"
            + "|WARNING: (A restricted method|.* has been called by|Use --enable-native-access|Restricted methods"
            + "|Using incubator modules|A terminally deprecated|Please consider reporting|.* will be removed).*"
            + "|SLF4J(\\([WIE]\\))?: .*"
            + "|Aborted( \\(core dumped\\))?");

    /** Lines of the crash report's head that are the same whatever happened. */
    private static final Pattern REPORT_BOILERPLATE = Pattern.compile("#?"
            + "|# (A fatal error has been detected|JRE version|Java VM|No core dump|Core dump|An error report"
            + "|If you would like|The crash happened outside|See problematic frame|Possible reasons|Possible solutions"
            + "|This output file may be|Can not save log file|CreateCoredumpOnCrash).*"
            + "|#\\s+https?://.*|#   \\S.*");

    private static final Pattern CAUGHT_SIGNAL =
            Pattern.compile("(?m)^#\\s+(SIG[A-Z]+|EXCEPTION_[A-Z_]+) \\(0x[0-9a-fA-F]+\\)");

    private NativeMessage() {}

    /**
     * Returns the telling lines.
     *
     * @param output the end of what the process printed
     * @param crashReport the file that the JVM wrote as it crashed, empty where there is none
     */
    static String of(String output, String crashReport) {
        Set<String> told = new LinkedHashSet<>();
        List<String> printed = output.lines()
                .map(String::stripTrailing)
                .filter(line -> !line.isBlank() && !BOILERPLATE.matcher(line).matches())
                .map(NativeMessage::cut)
                .toList();
        told.addAll(printed.subList(Math.max(0, printed.size() - MAX_LINES), printed.size()));
        told.addAll(headOf(crashReport));
        return String.join("\n", told);
    }

    /** Returns the signal that the JVM caught before it ended itself, null where the report names none. */
    static @Nullable String caughtSignal(String crashReport) {
        Matcher matcher = CAUGHT_SIGNAL.matcher(crashReport);
        return matcher.find() ? matcher.group(1) : null;
    }

    private static List<String> headOf(String crashReport) {
        List<String> told = new ArrayList<>();
        List<String> head =
                crashReport.lines().takeWhile(line -> line.startsWith("#")).toList();
        for (String line : head) {
            if (told.size() < MAX_LINES && !REPORT_BOILERPLATE.matcher(line).matches()) {
                told.add(cut(line.substring(1).strip()));
            }
        }
        return told;
    }

    private static String cut(String line) {
        return line.length() <= MAX_LINE_LENGTH ? line : line.substring(0, MAX_LINE_LENGTH) + "…";
    }
}
