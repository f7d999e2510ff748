package io.github.whisperspeedtest.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.whisperspeedtest.program.SearchPath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/** The files for service managers and containers. */
class DeploymentFilesTest {
    private static final Path FILES = Path.of("..", "docs", "serving");

    @TempDir
    private Path directory;

    @Test
    void systemdAcceptsTheUnit() throws Exception {
        assumeTrue(SearchPath.ofProcess().find("systemd-analyze").isPresent(), "no systemd-analyze on the search path");
        String unit = Files.readString(FILES.resolve("whisper-speedtest.service"));
        String program = "/opt/whisper-speedtest/bin/whisper-speedtest";
        assertThat(unit).contains("ExecStart=" + program + " serve ");
        Path file = Files.writeString(
                directory.resolve("whisper-speedtest.service"),
                // systemd checks that the program exists.
                unit.replace(
                        program, SearchPath.ofProcess().find("sh").orElseThrow().toString()));

        Command run = Command.run(directory, List.of("systemd-analyze", "verify", file.toString()));

        assertThat(run.exitCode()).as(run.errors()).isZero();
        assertThat(run.errors()).doesNotContain("whisper-speedtest.service");
    }

    @Test
    void propertyListIsWellFormedAndStartsTheServer() throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
        Element list = factory.newDocumentBuilder()
                .parse(FILES.resolve("io.github.whisperspeedtest.server.plist").toFile())
                .getDocumentElement();

        assertThat(list.getTagName()).isEqualTo("plist");
        NodeList keys = list.getElementsByTagName("key");
        assertThat(keys.item(0).getTextContent()).isEqualTo("Label");
        NodeList strings = list.getElementsByTagName("string");
        assertThat(strings.item(0).getTextContent()).isEqualTo("io.github.whisperspeedtest.server");
        assertThat(strings.item(1).getTextContent()).startsWith("@HOME@/").endsWith("/bin/whisper-speedtest");
        assertThat(strings.item(2).getTextContent()).isEqualTo("serve");
    }

    @Test
    void imageHasAFixedVersionAndNoRoot() throws IOException {
        List<String> lines = Files.readAllLines(FILES.resolve("Dockerfile"));

        assertThat(lines).anyMatch(line -> line.matches("FROM eclipse-temurin:17\\.\\d+\\.\\d+_\\d+-jre-\\w+"));
        assertThat(lines).contains("USER 10001", "VOLUME /data", "EXPOSE 8000");
        assertThat(lines).anyMatch(line -> line.startsWith("HEALTHCHECK ") && line.contains("/health"));
    }
}
