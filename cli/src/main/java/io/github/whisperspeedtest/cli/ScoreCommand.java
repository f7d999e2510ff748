package io.github.whisperspeedtest.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.benchmark.Quantities;
import io.github.whisperspeedtest.benchmark.TerminalText;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.evaluation.CorpusErrorRate;
import io.github.whisperspeedtest.evaluation.ErrorRate;
import io.github.whisperspeedtest.evaluation.TextAlignment;
import io.github.whisperspeedtest.evaluation.TextNormalizer;
import io.github.whisperspeedtest.transcription.Language;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Computes the error rate of transcripts. */
@Command(
        name = "score",
        description = "Compare transcripts with reference texts: word or character error rate, and the differences.",
        customSynopsis = "whisper-speedtest score REFERENCE TRANSCRIPT [-l LANG] [--diff] [--json]",
        mixinStandardHelpOptions = true,
        versionProvider = VersionProvider.class,
        footer = {
            "",
            "Examples:",
            "  whisper-speedtest score reference.txt transcript.txt --diff",
            "  whisper-speedtest score references/ transcripts/ --language de",
            "  whisper-speedtest score \"twenty dollars\" \"\\$20\""
        })
final class ScoreCommand implements Callable<Integer> {
    private static final String EXTENSION = ".txt";
    private static final String TRANSCRIPT = "transcript";

    private final Terminal terminal;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "REFERENCE",
            description = "What was said: a UTF-8 file, the text itself, or a folder of .txt files.")
    private String reference;

    @Parameters(
            index = "1",
            paramLabel = "TRANSCRIPT",
            description = "What was recognized: likewise. Files of two folders are matched by name.")
    private String hypothesis;

    @Option(
            names = {"-l", "--language"},
            paramLabel = "LANG",
            defaultValue = "en",
            completionCandidates = Completions.Languages.class,
            description = "Language of the texts, which decides how they are normalized (default: en).")
    private String languageName;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--diff", description = "Print the texts one above the other, and mark the differences.")
    private boolean diff;

    @OptionGroup.In(OptionGroup.OUTPUT)
    @Option(names = "--json", description = "Print the result as JSON.")
    private boolean json;

    ScoreCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws JsonProcessingException {
        if (!(Language.parse(languageName) instanceof Language.Fixed language)) {
            throw new ParameterException(
                    spec.commandLine(), "--language must be the language of the texts, but was 'auto'");
        }
        CorpusErrorRate corpus = new CorpusErrorRate(language.code());
        List<ScoredText> texts = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        Path references =
                TextArgument.path(reference).filter(Files::isDirectory).orElse(null);
        Path transcripts =
                TextArgument.path(hypothesis).filter(Files::isDirectory).orElse(null);
        if (references != null && transcripts != null) {
            missing.addAll(scoreFolders(references, transcripts, language, corpus, texts));
        } else if (references != null || transcripts != null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "'" + (references != null ? reference : hypothesis) + "' is a folder, and '"
                            + (references != null ? hypothesis : reference)
                            + "' is not; give two folders or two texts");
        } else {
            String text = ReferenceText.of(reference, language);
            texts.add(score("", text, TextArgument.of(hypothesis, TRANSCRIPT), language, corpus));
        }
        if (corpus.scored() == 0) {
            throw refused(
                    "No reference text in '" + reference + "' with a transcript has a word in it. Check the files.");
        }
        if (json) {
            terminal.out().println(toJson(language, corpus, texts, missing));
        } else {
            print(language, corpus, texts);
        }
        missing.forEach(name -> terminal.err()
                .println("error: there is no transcript '" + name + "' in " + hypothesis
                        + ". Its reference is not scored."));
        return missing.isEmpty() ? ExitCode.OK : ExitCode.FAILED;
    }

    /** Scores the files that both folders have, and returns the names of missing transcripts. */
    private List<String> scoreFolders(
            Path references, Path transcripts, Language language, CorpusErrorRate corpus, List<ScoredText> texts) {
        Set<String> expected = textFiles(references);
        Set<String> found = textFiles(transcripts);
        if (expected.isEmpty()) {
            throw refused("There is no file *" + EXTENSION + " in the folder " + references
                    + ". Give a folder with a reference text for each recording.");
        }
        for (String name : expected) {
            if (found.contains(name)) {
                texts.add(score(
                        name,
                        TextArgument.read(references.resolve(name), ReferenceText.ROLE),
                        TextArgument.read(transcripts.resolve(name), TRANSCRIPT),
                        language,
                        corpus));
            }
        }
        found.stream()
                .filter(name -> !expected.contains(name))
                .forEach(name -> terminal.err()
                        .println("warning: there is no reference text '" + name + "' in " + references
                                + ". Its transcript is not scored."));
        return expected.stream().filter(name -> !found.contains(name)).toList();
    }

    private static Set<String> textFiles(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(EXTENSION))
                    .collect(Collectors.toCollection(TreeSet::new));
        } catch (IOException e) {
            throw refused(
                    "Cannot list the folder " + folder + ": " + ErrorPrinter.message(e) + ". Check the permissions.");
        }
    }

    private ScoredText score(String name, String text, String transcript, Language language, CorpusErrorRate corpus) {
        ErrorRate rate = corpus.add(text, transcript).orElse(null);
        TextAlignment alignment = diff && rate != null ? TextAlignment.of(text, transcript, language.code()) : null;
        return new ScoredText(name, rate, alignment);
    }

    private void print(Language language, CorpusErrorRate corpus, List<ScoredText> texts) {
        for (ScoredText text : texts) {
            TextAlignment alignment = text.alignment();
            if (alignment != null) {
                if (!text.name().isEmpty()) {
                    terminal.out().println(text.name());
                }
                DiffText.lines(alignment, terminal.columns()).forEach(terminal.out()::println);
                terminal.out().println();
            }
        }
        if (texts.stream().noneMatch(text -> text.name().isEmpty())) {
            printTable(corpus, texts);
        }
        ErrorRate total = corpus.total();
        field(
                total.unit().abbreviation(),
                percent(total) + " (" + Quantities.counted(total.errors(), "error") + " in "
                        + Quantities.counted(
                                total.referenceLength(), total.unit().noun()) + ")");
        field(
                "Errors",
                Quantities.counted(total.substitutions(), "substitution") + ", "
                        + Quantities.counted(total.deletions(), "deletion") + ", "
                        + Quantities.counted(total.insertions(), "insertion"));
        if (corpus.skipped() > 0) {
            field("Skipped", Quantities.counted(corpus.skipped(), "reference text") + " without a word");
        }
        field("Normalizer", TextNormalizer.forLanguage(language.code()).name() + " (language " + language.code() + ")");
    }

    private void printTable(CorpusErrorRate corpus, List<ScoredText> texts) {
        ErrorRate.Unit unit = corpus.total().unit();
        String units = unit == ErrorRate.Unit.WORD ? "Words" : "Characters";
        TextTable table = new TextTable(List.of("Text", unit.abbreviation(), "Errors", units), 1);
        for (ScoredText text : texts) {
            ErrorRate rate = text.rate();
            if (rate == null) {
                table.add(text.name(), "skipped", "", "0");
            } else {
                table.add(
                        text.name(),
                        percent(rate),
                        String.valueOf(rate.errors()),
                        String.valueOf(rate.referenceLength()));
            }
        }
        table.lines(terminal.lineColumns(), 2).forEach(terminal.out()::println);
        terminal.out().println();
    }

    private void field(String label, String value) {
        terminal.out().println(TerminalText.pad(label, 12) + value);
    }

    private static String percent(ErrorRate rate) {
        return String.format(Locale.ROOT, "%.2f %%", 100 * rate.rate());
    }

    private String toJson(Language language, CorpusErrorRate corpus, List<ScoredText> texts, List<String> missing)
            throws JsonProcessingException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode root = mapper.createObjectNode()
                .put("language", language.code())
                .put("normalizer", TextNormalizer.forLanguage(language.code()).name());
        put(root, corpus.total());
        root.put("scored", corpus.scored()).put("skipped", corpus.skipped());
        ArrayNode missingNames = root.putArray("missing");
        missing.forEach(missingNames::add);
        ArrayNode entries = root.putArray("texts");
        for (ScoredText text : texts) {
            ObjectNode entry = entries.addObject();
            if (!text.name().isEmpty()) {
                entry.put("name", text.name());
            }
            ErrorRate rate = text.rate();
            entry.put("skipped", rate == null);
            if (rate != null) {
                put(entry, rate);
            }
            TextAlignment alignment = text.alignment();
            if (alignment != null) {
                ArrayNode pairs = entry.putArray("alignment");
                alignment
                        .pairs()
                        .forEach(pair -> pairs.addObject()
                                .put("kind", pair.kind().name().toLowerCase(Locale.ROOT))
                                .put("reference", pair.reference())
                                .put("hypothesis", pair.hypothesis()));
            }
        }
        return mapper.writeValueAsString(root);
    }

    private static void put(ObjectNode node, ErrorRate rate) {
        node.put("unit", rate.unit().noun())
                .put("rate", rate.rate())
                .put("substitutions", rate.substitutions())
                .put("deletions", rate.deletions())
                .put("insertions", rate.insertions())
                .put("reference_length", rate.referenceLength());
    }

    private static WhisperSpeedtestException refused(String message) {
        return new WhisperSpeedtestException(ErrorKind.USER, message);
    }
}
