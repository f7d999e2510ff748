package io.github.whisperspeedtest.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.whisperspeedtest.files.testing.DocumentedCode;
import io.github.whisperspeedtest.registry.ProviderJar;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** Runs the contract test of the backend guide, and compares its project file with ours. */
@Tag("end-to-end")
class BackendGuideTest {
    private static final Path PAGE = Path.of("..", "docs", "writing-a-backend.md");
    private static final String PROVIDER = "com.example.parrot.ParrotImplementation";
    private static final String CONTRACT = "com.example.parrot.ParrotContractTest";

    /** Of 79 tests, twelve are skipped, and one more where a process cannot read its resident memory. */
    private static final int RUN_AT_LEAST = 66;

    @TempDir
    private Path directory;

    @Test
    void exampleBackendPassesContract() throws Exception {
        ProviderJar jar = new ProviderJar();
        DocumentedCode.of(PAGE).forEach(jar::source);
        Path file = jar.service(PROVIDER).write(directory.resolve("parrot.jar"));

        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        Thread thread = Thread.currentThread();
        ClassLoader loaderBefore = thread.getContextClassLoader();
        String pathBefore = System.getProperty("java.class.path");
        try (URLClassLoader loader =
                new URLClassLoader(new URL[] {file.toUri().toURL()}, getClass().getClassLoader())) {
            thread.setContextClassLoader(loader);
            // Models are verified in a child JVM, which must find the backend as well.
            System.setProperty("java.class.path", pathBefore + File.pathSeparator + file);
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(DiscoverySelectors.selectClass(loader.loadClass(CONTRACT)))
                                    .build(),
                            listener);
        } finally {
            thread.setContextClassLoader(loaderBefore);
            System.setProperty("java.class.path", pathBefore);
        }

        TestExecutionSummary summary = listener.getSummary();
        assertThat(summary.getTotalFailureCount()).as(failuresOf(summary)).isZero();
        assertThat(summary.getTestsSucceededCount())
                .as("tests that were not skipped")
                .isGreaterThanOrEqualTo(RUN_AT_LEAST);
    }

    @Test
    void namesVersionsOfThisBuild() throws Exception {
        String page = Files.readString(PAGE);
        String opening = "```xml\n";
        int start = page.indexOf(opening) + opening.length();
        Document shown =
                parsed(page.substring(start, page.indexOf("```", start)).getBytes(StandardCharsets.UTF_8));
        Document ours = parsed(Files.readAllBytes(Path.of("..", "pom.xml")));
        assertThat(versions(shown))
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        "parrot", "1.0",
                        "whisper-speedtest-bom", text(ours.getDocumentElement(), "version"),
                        "maven-compiler-plugin", property(ours, "maven-compiler-plugin.version"),
                        "maven-jar-plugin", property(ours, "maven-jar-plugin.version"),
                        "maven-surefire-plugin", property(ours, "maven-surefire-plugin.version")));
        assertThat(property(shown, "maven.compiler.release")).isEqualTo(property(ours, "maven.compiler.release"));
    }

    private static String failuresOf(TestExecutionSummary summary) {
        StringWriter text = new StringWriter();
        summary.printFailuresTo(new PrintWriter(text));
        return text.toString();
    }

    private static Document parsed(byte[] pom) throws Exception {
        return DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(new ByteArrayInputStream(pom));
    }

    /** Returns the versions in a project file by artifact. */
    private static Map<String, String> versions(Document pom) {
        Map<String, String> versions = new TreeMap<>();
        NodeList stated = pom.getElementsByTagName("version");
        for (int i = 0; i < stated.getLength(); i++) {
            Element artifact = (Element) stated.item(i).getParentNode();
            versions.put(text(artifact, "artifactId"), stated.item(i).getTextContent());
        }
        return versions;
    }

    private static String property(Document pom, String name) {
        return text((Element) pom.getElementsByTagName("properties").item(0), name);
    }

    /** Returns the text of the first element with a name. */
    private static String text(Element parent, String name) {
        return parent.getElementsByTagName(name).item(0).getTextContent();
    }
}
