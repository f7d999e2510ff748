package io.github.whisperspeedtest.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.github.whisperspeedtest.error.UnknownNameException;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.settings.Settings;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImplementationRegistryTest {
    @TempDir
    Path directory;

    private static Path good;

    private final List<URLClassLoader> loaders = new ArrayList<>();

    @BeforeAll
    static void buildGoodJar(@TempDir Path directory) {
        good = new ProviderJar()
                .implementation("sound.Zebra", "zebra", "")
                .implementation("sound.Adder", "adder", "")
                .write(directory.resolve("good.jar"));
    }

    @AfterEach
    void closeLoaders() throws IOException {
        for (URLClassLoader loader : loaders) {
            loader.close();
        }
    }

    @Test
    void implementationsAreSortedById() throws IOException {
        ImplementationRegistry registry = discover(good);

        assertThat(ids(registry)).containsExactly("adder", "zebra");
        assertThat(registry.problems()).isEmpty();
        assertThat(registry.require("zebra").getClass().getName()).isEqualTo("sound.Zebra");
    }

    @Test
    void namesThrowingConstructor() throws IOException {
        DiscoveryProblem problem = onlyProblemOf(new ProviderJar()
                .implementation(
                        "broken.Thrower",
                        "thrower",
                        "public Thrower() { throw new IllegalStateException(\"no licence\"); }"));

        assertThat(problem.provider()).isEqualTo("broken.Thrower");
        assertThat(problem.problem().reason())
                .isEqualTo("Its constructor failed with java.lang.IllegalStateException: no licence.");
    }

    @Test
    void failingStaticInitialiserIsNamed() throws IOException {
        DiscoveryProblem problem = onlyProblemOf(new ProviderJar()
                .implementation("broken.Static", "static", "static { System.loadLibrary(\"no-such-library\"); }"));

        assertThat(problem.problem().reason()).contains("java.lang.UnsatisfiedLinkError", "no-such-library");
    }

    @Test
    void namesClassMissingInConstructor() throws IOException {
        DiscoveryProblem problem = onlyProblemOf(new ProviderJar()
                .source("lib.Engine", "package lib; public class Engine {}")
                .implementation("broken.Dependent", "dependent", "public Dependent() { new lib.Engine(); }")
                .leaveOut("lib.Engine"));

        assertThat(problem.provider()).isEqualTo("broken.Dependent");
        assertThat(problem.problem().reason())
                .isEqualTo("It needs the class lib.Engine, which is not on the class path.");
    }

    @Test
    void missingSuperclassIsNamed() throws IOException {
        DiscoveryProblem problem = onlyProblemOf(new ProviderJar()
                .source("lib.Base", "package lib; public class Base {}")
                .source("broken.Derived", "package broken; public class Derived extends lib.Base {}")
                .service("broken.Derived")
                .leaveOut("lib.Base"));

        assertThat(problem.provider()).isEqualTo("broken.Derived");
        assertThat(problem.problem().reason())
                .isEqualTo("It needs the class lib.Base, which is not on the class path.");
    }

    @Test
    void newerClassFileNamesBothJavaVersions() throws IOException {
        DiscoveryProblem problem = onlyProblemOf(
                new ProviderJar().implementation("broken.Future", "future", "").javaVersion("broken.Future", 99));

        assertThat(problem.provider()).isEqualTo("broken.Future");
        assertThat(problem.problem().reason())
                .isEqualTo("It needs Java 99 or newer, but this is Java "
                        + Runtime.version().feature() + ".");
        assertThat(problem.problem().remedy()).startsWith("Run with Java 99 or newer");
    }

    @Test
    void newerClassFileOfDependencyNamesBothJavaVersions() throws IOException {
        DiscoveryProblem problem = onlyProblemOf(new ProviderJar()
                .source("lib.Engine", "package lib; public class Engine {}")
                .implementation("broken.Dependent", "dependent", "public Dependent() { new lib.Engine(); }")
                .javaVersion("lib.Engine", 98));

        assertThat(problem.problem().reason()).startsWith("It needs Java 98 or newer");
    }

    @Test
    void duplicateIdNamesBothClassesAndNeitherIsUsed() throws IOException {
        Path first = new ProviderJar().implementation("one.Twin", "twin", "").write(directory.resolve("first.jar"));
        Path second = new ProviderJar().implementation("two.Twin", "twin", "").write(directory.resolve("second.jar"));

        ImplementationRegistry registry = discover(second, good, first);

        assertThat(ids(registry)).containsExactly("adder", "zebra");
        assertThat(registry.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.problem().reason())
                        .isEqualTo("The id 'twin' is claimed by one.Twin (" + first + ") and two.Twin (" + second
                                + "). None of them is used."));
    }

    @Test
    void acceptsSameClassInTwoJars() throws IOException {
        Path copy = new ProviderJar().implementation("sound.Zebra", "zebra", "").write(directory.resolve("copy.jar"));

        ImplementationRegistry registry = discover(good, copy);

        assertThat(ids(registry)).containsExactly("adder", "zebra");
        assertThat(registry.problems()).isEmpty();
    }

    @Test
    void malformedServicesFileIsQuoted() throws IOException {
        ProviderJar jar = new ProviderJar()
                .service("# a comment")
                .service("this is no class")
                .implementation("broken.Behind", "behind", "");

        DiscoveryProblem problem = onlyProblemOf(jar);

        assertThat(problem.provider()).isEqualTo(DiscoveryProblem.UNKNOWN);
        assertThat(problem.problem().reason()).contains("'this is no class'");
    }

    @Test
    void reportsMissingClass() throws IOException {
        DiscoveryProblem problem = onlyProblemOf(new ProviderJar().service("broken.Ghost"));

        assertThat(problem.provider()).isEqualTo("broken.Ghost");
        assertThat(problem.problem().reason()).endsWith("names this class, but the class does not exist.");
    }

    @Test
    void reportsClassOfOtherType() throws IOException {
        DiscoveryProblem problem = onlyProblemOf(new ProviderJar()
                .source("broken.Stranger", "package broken; public class Stranger {}")
                .service("broken.Stranger"));

        assertThat(problem.provider()).isEqualTo("broken.Stranger");
        assertThat(problem.problem().reason())
                .isEqualTo("The class does not implement " + Implementation.class.getName() + ".");
    }

    @Test
    void classWithoutUsableConstructorIsReported() throws IOException {
        DiscoveryProblem problem =
                onlyProblemOf(new ProviderJar().implementation("broken.Shy", "shy", "public Shy(int unused) {}"));

        assertThat(problem.problem().reason()).isEqualTo("The class has no public constructor without parameters.");
    }

    @Test
    void throwingIdIsReported() throws IOException {
        DiscoveryProblem problem = onlyProblemOf(new ProviderJar()
                .implementationWithIdBody("broken.Nameless", "throw new UnsupportedOperationException(\"later\");"));

        assertThat(problem.provider()).isEqualTo("broken.Nameless");
        assertThat(problem.problem().reason())
                .isEqualTo("Its method id() failed with java.lang.UnsupportedOperationException: later.");
    }

    @Test
    void malformedIdsAreQuoted() throws IOException {
        Path jar = new ProviderJar()
                .implementation("broken.Blank", " ", "")
                .implementation("broken.Upper", "Whisper", "")
                .implementation("broken.Hyphens", "a--b", "")
                .implementationWithIdBody("broken.Null", "return null;")
                .write(directory.resolve("ids.jar"));

        ImplementationRegistry registry = discover(jar, good);

        assertThat(ids(registry)).containsExactly("adder", "zebra");
        assertThat(registry.problems())
                .extracting(problem -> problem.problem().reason())
                .satisfiesExactly(
                        reason -> assertThat(reason).startsWith("Its id is ' '"),
                        reason -> assertThat(reason).startsWith("Its id is 'Whisper'"),
                        reason -> assertThat(reason).startsWith("Its id is 'a--b'"),
                        reason -> assertThat(reason).startsWith("Its id is null"));
    }

    @Test
    void reportsEachBrokenProviderWithItsOwnProblem() throws IOException {
        Path jar = new ProviderJar()
                .service("broken.Ghost")
                .implementation("broken.Future", "future", "")
                .javaVersion("broken.Future", 99)
                .implementation("sound.Fine", "fine", "")
                .source("broken.Stranger", "package broken; public class Stranger {}")
                .service("broken.Stranger")
                .write(directory.resolve("many.jar"));

        ImplementationRegistry registry = discover(jar, good);

        assertThat(ids(registry)).containsExactly("adder", "fine", "zebra");
        assertThat(registry.problems())
                .extracting(
                        DiscoveryProblem::provider,
                        problem -> problem.problem().reason().split(" ")[2])
                .containsExactly(
                        tuple("broken.Ghost", "META-INF/services/" + Implementation.class.getName()),
                        tuple("broken.Future", "Java"),
                        tuple("broken.Stranger", "does"));
    }

    @Test
    void searchEndsEvenIfEveryProviderIsBroken() throws IOException {
        ProviderJar jar = new ProviderJar();
        for (int i = 0; i < 150; i++) {
            jar.service("broken.Ghost" + i);
        }

        ImplementationRegistry registry = discover(jar.write(directory.resolve("ghosts.jar")));

        assertThat(registry.problems()).hasSize(101);
        assertThat(registry.problems().get(100).problem().reason()).contains("stopped after 100 errors");
    }

    @Test
    void namesInvalidJar() throws IOException {
        Path text = Files.writeString(directory.resolve("text.jar"), "not a jar");
        Path empty = Files.createFile(directory.resolve("empty.JAR"));
        byte[] whole = Files.readAllBytes(good);
        Path torn = Files.write(directory.resolve("torn.jar"), Arrays.copyOf(whole, whole.length - 30));
        Path folder = Files.createDirectory(directory.resolve("folder.jar"));

        ImplementationRegistry registry = discover(text, empty, good, torn, folder, directory.resolve("missing.jar"));

        assertThat(ids(registry)).containsExactly("adder", "zebra");
        assertThat(registry.problems())
                .extracting(DiscoveryProblem::location)
                .containsExactly(text.toString(), empty.toString(), torn.toString());
        assertThat(registry.problems()).allSatisfy(problem -> {
            assertThat(problem.problem().reason())
                    .startsWith("The file is not a jar or is truncated: ")
                    .endsWith(".");
            assertThat(problem.problem().remedy()).isEqualTo("Replace it with a complete copy, or remove it.");
        });
    }

    @Test
    void unknownIdListsWorkingAndBrokenImplementations() throws IOException {
        Path broken = new ProviderJar().service("broken.Ghost").write(directory.resolve("broken.jar"));
        ImplementationRegistry registry = discover(good, broken);

        assertThatThrownBy(() -> registry.require("ghost"))
                .isInstanceOf(UnknownNameException.class)
                .hasMessageContainingAll(
                        "'ghost'",
                        "adder, zebra",
                        "broken.Ghost in " + broken,
                        "io.github.whisperspeedtest:whisper-speedtest-backend-ghost");
    }

    @Test
    void reportsClassPathWithoutImplementations() {
        ImplementationRegistry registry =
                ImplementationRegistry.discover(ClassLoader.getPlatformClassLoader(), this::context);

        assertThatThrownBy(() -> registry.require("No such id!"))
                .hasMessage("There is no implementation 'No such id!'. The class path contains no implementations.");
    }

    /** Returns the problem of a jar that stands before a good one, and checks that the good one is found. */
    private DiscoveryProblem onlyProblemOf(ProviderJar jar) throws IOException {
        Path broken = jar.write(directory.resolve("broken.jar"));
        ImplementationRegistry registry = discover(broken, good);
        assertThat(ids(registry)).containsExactly("adder", "zebra");
        assertThat(registry.problems()).hasSize(1);
        DiscoveryProblem problem = registry.problems().get(0);
        assertThat(problem.location()).isEqualTo(broken.toString());
        assertThat(problem.problem().remedy()).endsWith(".");
        return problem;
    }

    private ImplementationContext context(Implementation implementation) {
        return ToolHome.at(directory).contextOf(implementation, Settings.none());
    }

    private ImplementationRegistry discover(Path... jars) throws IOException {
        URL[] addresses = new URL[jars.length];
        for (int i = 0; i < jars.length; i++) {
            addresses[i] = jars[i].toUri().toURL();
        }
        URLClassLoader loader = new URLClassLoader(addresses, getClass().getClassLoader());
        loaders.add(loader);
        return ImplementationRegistry.discover(loader, this::context);
    }

    private static List<String> ids(ImplementationRegistry registry) {
        return registry.implementations().stream().map(Implementation::id).toList();
    }
}
