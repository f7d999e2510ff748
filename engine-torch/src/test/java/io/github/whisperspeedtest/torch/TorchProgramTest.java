package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class TorchProgramTest {
    /** Methods that return a part of a tensor or another shape of it, with the same memory. */
    private static final Pattern VIEW =
            Pattern.compile("\\.(narrow|select|view|view_as|transpose|t|permute|squeeze|unsqueeze|expand"
                    + "|expand_as|flatten|unflatten|reshape|slice|unbind|split|chunk|diagonal|as_strided|detach)\\(");

    private static final Pattern COPY = Pattern.compile("\\.(clone|contiguous)\\(\\)$");
    private static final Pattern IN_PLACE = Pattern.compile("([\\w.\\[\\]() ,*+-]*?)\\.(\\w*[a-z]_)\\(");
    private static final Pattern ASSIGNMENT = Pattern.compile("\\s*(\\w+(?:, \\w+)*) = (.*)");

    /** Apple's GPUs may leave the view as it was. */
    @Test
    void changesNoViewInPlaceExceptByCopying() {
        assertThat(changedViews(TorchProgram.source())).isEmpty();
    }

    @Test
    void findsChangedViews() {
        String program = """
                  def one(self: __torch__.WhisperNetwork):
                    times = logits.narrow(1, first, 2)
                    times.fill_(0.)
                    times.copy_(logits)
                    times.narrow(1, 0, 1).fill_(0.)
                    x.select(0, 1).masked_fill_(mask, 0.)
                    y = times
                    y.add_(1)
                  def other(self: __torch__.WhisperNetwork):
                    times = torch.zeros([1])
                    times.fill_(0.)
                    z = times.narrow(0, 0, 1).clone()
                    z.fill_(0.)
                    state[2].add_(z)
                """;
        assertThat(changedViews(program))
                .containsExactly(
                        "times.fill_(0.)",
                        "times.narrow(1, 0, 1).fill_(0.)",
                        "x.select(0, 1).masked_fill_(mask, 0.)",
                        "y.add_(1)");
    }

    private static List<String> changedViews(String program) {
        List<String> found = new ArrayList<>();
        for (String method : program.split("(?m)^  def ")) {
            List<String> views = new ArrayList<>();
            for (String line :
                    method.lines().filter(text -> !text.strip().startsWith("#")).collect(Collectors.toList())) {
                Matcher assignment = ASSIGNMENT.matcher(line);
                if (assignment.matches()) {
                    String value = assignment.group(2);
                    List<String> names = List.of(assignment.group(1).split(", "));
                    boolean view =
                            VIEW.matcher(value).find() && !COPY.matcher(value).find() || views.contains(value);
                    if (view) {
                        views.addAll(names);
                    } else {
                        views.removeAll(names);
                    }
                }
                Matcher change = IN_PLACE.matcher(line);
                while (change.find()) {
                    String target = change.group(1).strip();
                    boolean view = VIEW.matcher(target).find() || views.contains(target);
                    if (view && !change.group(2).equals("copy_")) {
                        found.add(line.strip());
                    }
                }
            }
        }
        return found;
    }

    @Test
    void keepsFirstSentenceOfMessage() {
        assertThat(TorchProgram.firstSentence("MPS backend out of memory (max allowed: 1.70 GB). Tried to.\nAnd more."))
                .isEqualTo("MPS backend out of memory (max allowed: 1.70 GB)");
        assertThat(TorchProgram.firstSentence("Nothing to say.")).isEqualTo("Nothing to say");
    }
}
