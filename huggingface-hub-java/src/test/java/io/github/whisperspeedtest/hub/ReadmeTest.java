package io.github.whisperspeedtest.hub;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.whisperspeedtest.hub.testing.HubServer;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.lang.reflect.Method;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;

/** Compiles and runs the examples of the README with nothing but this module, Jackson and SLF4J on the class path. */
class ReadmeTest {
    private static final Path PAGE = Path.of("README.md");
    private static final Pattern BLOCK = Pattern.compile("```java\\R(.*?)```", Pattern.DOTALL);
    private static final Pattern TYPE = Pattern.compile("^class (\\w+)", Pattern.MULTILINE);
    private static final String REPOSITORY = "acme/tiny-bert";
    private static final byte[] CONFIG = HubServer.content(700, 1);
    private static final byte[] WEIGHTS = HubServer.content(50_000, 2);

    /** One class of every jar that a user gets, and of nothing else. */
    private static final List<Class<?>> CLASS_PATH =
            List.of(HubCache.class, ObjectMapper.class, JsonParser.class, JsonProperty.class, Logger.class);

    @TempDir
    private Path directory;

    private HubServer server;

    @BeforeEach
    void startServer() throws IOException {
        server = HubServer.start()
                .file(REPOSITORY, "config.json", CONFIG)
                .largeFile(REPOSITORY, "pytorch_model.bin", WEIGHTS);
        server.commit(REPOSITORY);
    }

    @AfterEach
    void stopServer() throws IOException {
        server.close();
    }

    @Test
    void examplesCompileWithoutWarningsAndRun() throws Exception {
        List<Path> jars = new ArrayList<>();
        for (Class<?> type : CLASS_PATH) {
            jars.add(locationOf(type));
        }
        Path classes = compile(jars);
        jars.add(classes);
        List<URL> urls = new ArrayList<>();
        for (Path jar : jars) {
            urls.add(jar.toUri().toURL());
        }
        Path cache = directory.resolve("cache");
        Path other = directory.resolve("other");
        try (URLClassLoader loader =
                new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader())) {
            Object settings = call(loader, "Settings", "ofMirror", server.endpoint(), cache, "hf_secret");
            assertThat(call(loader, "Settings", "ofThisUser")).isNotNull();
            call(loader, "ListFiles", "run", settings, REPOSITORY);
            assertThat(cache).doesNotExist();

            Map<?, ?> paths = (Map<?, ?>) call(loader, "Download", "run", settings, REPOSITORY);
            assertThat(paths.keySet().stream().map(Object::toString))
                    .containsExactly("config.json", "pytorch_model.bin");
            assertThat((Path) paths.get("pytorch_model.bin")).hasBinaryContent(WEIGHTS);

            server.clearReceived();
            Path config = (Path) call(loader, "Offline", "config", settings, REPOSITORY);
            assertThat(config).hasBinaryContent(CONFIG);
            assertThat(server.received()).isEmpty();

            Object cached = loader.loadClass(HubCache.class.getName())
                    .getConstructor(Path.class)
                    .newInstance(cache);
            call(loader, "Manage", "scan", cached);
            assertThat(call(loader, "Manage", "isIntact", cached, REPOSITORY)).isEqualTo(true);
            assertThat(call(loader, "Manage", "copy", cached, REPOSITORY, other))
                    .hasToString("LINKED");
            call(loader, "Manage", "delete", cached, REPOSITORY);
            assertThat(new HubCache(cache).scan().repositories()).isEmpty();
            assertThat(new HubCache(other)
                            .find(REPOSITORY, "main")
                            .orElseThrow()
                            .files())
                    .containsOnlyKeys("config.json", "pytorch_model.bin");
        }
    }

    @Test
    void moduleDoesNotMentionWhisper() throws IOException {
        List<Path> files = new ArrayList<>(List.of(PAGE));
        try (Stream<Path> sources = Files.walk(Path.of("src/main/java"))) {
            sources.filter(Files::isRegularFile).forEach(files::add);
        }
        for (Path file : files) {
            assertThat(Files.readString(file))
                    .as(file.toString())
                    .doesNotContainPattern("(?i)whisper(?!speedtest(\\.hub|</groupId>))");
            if (!file.equals(PAGE)) {
                assertThat(Files.readString(file))
                        .as("the environment is read only from arguments: " + file)
                        .doesNotContain("System.getenv", "System.getProperty", "System.getProperties");
            }
        }
    }

    private Path compile(List<Path> jars) throws IOException {
        Path sources = Files.createDirectories(directory.resolve("sources"));
        Path classes = Files.createDirectories(directory.resolve("classes"));
        List<String> arguments = new ArrayList<>(List.of(
                "--release",
                "17",
                "-Xlint:all",
                "-Werror",
                "-proc:none",
                "-d",
                classes.toString(),
                "-cp",
                jars.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator))));
        Map<String, String> examples = examples();
        assertThat(examples).containsOnlyKeys("Settings", "ListFiles", "Download", "Offline", "Manage");
        for (Map.Entry<String, String> example : examples.entrySet()) {
            Path file = sources.resolve(example.getKey() + ".java");
            arguments.add(Files.writeString(file, example.getValue()).toString());
        }
        var errors = new ByteArrayOutputStream();
        int code = ToolProvider.getSystemJavaCompiler().run(null, errors, errors, arguments.toArray(String[]::new));
        assertThat(code).as(errors.toString(StandardCharsets.UTF_8)).isZero();
        return classes;
    }

    private static Map<String, String> examples() throws IOException {
        Map<String, String> examples = new LinkedHashMap<>();
        Matcher block = BLOCK.matcher(Files.readString(PAGE));
        while (block.find()) {
            Matcher type = TYPE.matcher(block.group(1));
            assertThat(type.find()).as(block.group(1)).isTrue();
            examples.put(type.group(1), block.group(1));
        }
        return examples;
    }

    private static Object call(ClassLoader loader, String type, String name, Object... arguments) throws Exception {
        for (Method method : loader.loadClass(type).getDeclaredMethods()) {
            if (method.getName().equals(name)) {
                method.setAccessible(true);
                return method.invoke(null, arguments);
            }
        }
        throw new AssertionError("The README has no " + type + "." + name);
    }

    private static Path locationOf(Class<?> type) throws URISyntaxException {
        URI location = type.getProtectionDomain().getCodeSource().getLocation().toURI();
        return Path.of(location);
    }
}
