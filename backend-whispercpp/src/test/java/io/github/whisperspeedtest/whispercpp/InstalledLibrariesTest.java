package io.github.whisperspeedtest.whispercpp;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.model.EngineStore;
import io.github.whisperspeedtest.process.ChildJvm;
import io.github.whisperspeedtest.process.ChildOutcome;
import io.github.whisperspeedtest.testkit.TestContexts;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryFiles;
import io.github.whisperspeedtest.whispercpp.bindings.LibraryFinder;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * The contract on other releases of whisper.cpp: those in the directories that {@value #DIRECTORIES} names, and those that the machine has
 * in the usual ones.
 */
@Tag("end-to-end")
class InstalledLibrariesTest {
    /** Directories with libraries, separated as in a class path. */
    private static final String DIRECTORIES = "WHISPER_SPEEDTEST_TEST_WHISPERCPP_LIBDIRS";

    private static final Duration TIME_LIMIT = Duration.ofMinutes(15);

    @TestFactory
    Stream<DynamicTest> fulfilTheContract() {
        return directories().stream()
                .map(directory -> DynamicTest.dynamicTest(directory.toString(), () -> runContract(directory)));
    }

    @Test
    void saysWhichLibrariesThereAre() {
        List<Path> directories = directories();
        System.out.println("The contract of whispercpp runs on the bundled library"
                + (directories.isEmpty()
                        ? " only; " + DIRECTORIES + " can name directories of others"
                        : " and on those in " + directories));
        assertThat(directories)
                .allSatisfy(directory -> assertThat(LibraryFiles.in(directory))
                        .as("libraries in " + directory)
                        .isPresent());
    }

    private static void runContract(Path directory) {
        ChildOutcome<ContractTask.Answer> outcome = ChildJvm.builder()
                .jvmArguments(List.of("-D" + LibraryFinder.DIRECTORY_PROPERTY + "=" + directory))
                .timeLimit(TIME_LIMIT)
                .build()
                .run(ContractTask.class, "");
        assertThat(outcome).as(outcome.describe()).isInstanceOf(ChildOutcome.Completed.class);
        ContractTask.Answer answer = ((ChildOutcome.Completed<ContractTask.Answer>) outcome).value();
        System.out.println(answer.engine() + ": " + answer.succeeded() + " tests succeeded, "
                + answer.failures().size() + " failed");
        assertThat(answer.failures()).isEmpty();
        assertThat(answer.succeeded()).isGreaterThan(50);
        assertThat(answer.engine()).contains(directory.toString());
    }

    private static List<Path> directories() {
        String named = System.getenv(DIRECTORIES);
        Stream<Path> requested = named == null || named.isBlank()
                ? Stream.empty()
                : Stream.of(named.split(File.pathSeparator)).map(Path::of);
        Stream<Path> installed = new LibraryFinder(
                        null, new EngineStore(TestContexts.ofEngine().engines()))
                .find().stream().map(LibraryFiles::directory);
        return Stream.concat(requested, installed).distinct().toList();
    }
}
