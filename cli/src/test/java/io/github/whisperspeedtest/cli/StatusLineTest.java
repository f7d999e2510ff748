package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class StatusLineTest {
    private final CapturedTerminal captured = new CapturedTerminal().watched();
    private final Terminal terminal = captured.terminal();

    @Test
    void isErasedBeforeOtherOutput() {
        ProgressLine progress = new ProgressLine(terminal);
        progress.show("half");
        progress.show("done");
        terminal.err().println("warning: something");
        progress.show("more");
        terminal.out().println("text");
        progress.close();
        assertThat(screen()).isEqualTo("warning: something\n");
        assertThat(captured.err()).contains("half", "done", "more");
        assertThat(captured.out()).isEqualTo("text" + System.lineSeparator());
    }

    @Test
    void showsTheEndOfTwoTexts() {
        terminal.status().showEnd("confirmed", " open");
        assertThat(captured.err()).endsWith("\rconfirmed\u001b[2m open\u001b[0m");
        terminal.status().showEnd("one", "");
        assertThat(captured.err()).endsWith("\rone\u001b[2m\u001b[0m" + " ".repeat("firmed open".length()));
        terminal.status().showEnd("a".repeat(100), "b".repeat(7));
        assertThat(captured.err()).contains("\r" + "a".repeat(70) + "\u001b[2mbbbbbbb");
        terminal.status().showEnd("a", "b".repeat(100));
        assertThat(captured.err()).contains("\r\u001b[2m" + "b".repeat(77) + "\u001b[0m");
    }

    @Test
    void isErasedBeforeErrorMessage() {
        new ProgressLine(terminal).show("loading");
        new ErrorPrinter(terminal).print(new IllegalStateException("broken"), false);
        assertThat(screen())
                .startsWith("error: IllegalStateException: broken\n")
                .doesNotContain("loading");
    }

    @Test
    void isErasedBeforeLogMessage() {
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        PrintStream log = terminal.status().aroundErr(stderr);
        terminal.status().show("loading");
        log.println("WARN something");
        assertThat(screen()).isBlank();
        assertThat(stderr.toString(StandardCharsets.UTF_8)).startsWith("WARN something");
    }

    @Test
    void printsOnlyLastMessageAfterSeal() {
        ProgressLine progress = new ProgressLine(terminal);
        progress.show("loading");
        terminal.status().seal();
        terminal.err().println("error: the work was cancelled");
        progress.show("more");
        terminal.status().printLast("interrupted");
        assertThat(screen()).isEqualTo("interrupted\n");
    }

    @Test
    void showsNothingWithoutTerminal() {
        CapturedTerminal piped = new CapturedTerminal();
        new ProgressLine(piped.terminal()).show("loading");
        assertThat(piped.err()).isEmpty();
    }

    /** Returns the final screen content of a terminal. */
    private String screen() {
        StringBuilder shown = new StringBuilder();
        StringBuilder line = new StringBuilder();
        int column = 0;
        for (char character : captured.err().replace("\r\n", "\n").toCharArray()) {
            if (character == '\r') {
                column = 0;
            } else if (character == '\n') {
                shown.append(line.toString().stripTrailing()).append('\n');
                line.setLength(0);
                column = 0;
            } else {
                if (column < line.length()) {
                    line.setCharAt(column, character);
                } else {
                    line.append(character);
                }
                column++;
            }
        }
        return shown + line.toString().stripTrailing();
    }
}
