package io.github.whisperspeedtest.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.whisperspeedtest.spi.Implementation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.FileObject;
import javax.tools.ForwardingJavaFileManager;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileManager;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Builds the jar of a backend from source text, valid or broken in a typical way.
 *
 * <p>The sources are compiled for Java 17 against the class path of the running test.
 */
public final class ProviderJar {
    private final Map<String, String> sources = new LinkedHashMap<>();
    private final List<String> services = new ArrayList<>();
    private final Set<String> leftOut = new LinkedHashSet<>();
    private final Map<String, Integer> majorVersions = new LinkedHashMap<>();

    /** Adds a class to compile. */
    public ProviderJar source(String className, String text) {
        sources.put(className, text);
        return this;
    }

    /**
     * Adds an implementation that knows no models, and names it in the services file.
     *
     * @param members text of further members, such as a constructor
     */
    public ProviderJar implementation(String className, String id, String members) {
        return source(className, implementationSource(className, "return \"" + id + "\";", members))
                .service(className);
    }

    /** Adds an implementation whose method {@code id()} has the given body. */
    public ProviderJar implementationWithIdBody(String className, String idBody) {
        return source(className, implementationSource(className, idBody, "")).service(className);
    }

    /** Adds any line to the services file. */
    public ProviderJar service(String line) {
        services.add(line);
        return this;
    }

    /** Leaves a class out of the jar although others were compiled against it. */
    public ProviderJar leaveOut(String className) {
        leftOut.add(className);
        return this;
    }

    /** Marks a class file as one of another Java version. */
    public ProviderJar javaVersion(String className, int javaVersion) {
        majorVersions.put(className, javaVersion + 44);
        return this;
    }

    /** Compiles and writes the jar; returns the file. */
    public Path write(Path jar) {
        Map<String, byte[]> classes = compile();
        majorVersions.forEach((name, major) -> {
            byte[] classFile = classes.get(name);
            classFile[6] = (byte) (major >> 8);
            classFile[7] = (byte) (int) major;
        });
        classes.keySet().removeAll(leftOut);
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
            out.putNextEntry(new JarEntry("META-INF/services/" + Implementation.class.getName()));
            out.write(String.join("\n", services).getBytes(UTF_8));
            for (Map.Entry<String, byte[]> entry : classes.entrySet()) {
                out.putNextEntry(new JarEntry(entry.getKey().replace('.', '/') + ".class"));
                out.write(entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return jar;
    }

    private static String implementationSource(String className, String idBody, String members) {
        int dot = className.lastIndexOf('.');
        return """
                package %s;

                import io.github.whisperspeedtest.spi.*;
                import io.github.whisperspeedtest.transcription.*;
                import java.nio.file.Path;
                import java.util.List;

                public class %s implements Implementation {
                    %s
                    public String id() { %s }
                    public Availability availability() { return new Availability.Available("test engine 1.0", "CPU"); }
                    public List<ModelInfo> models(Path directory) { return List.of(); }
                    public Transcriber load(ModelFiles files, LoadOptions options) {
                        throw new UnsupportedOperationException();
                    }
                }
                """.formatted(className.substring(0, dot), className.substring(dot + 1), members, idBody);
    }

    private Map<String, byte[]> compile() {
        Map<String, byte[]> classes = new LinkedHashMap<>();
        if (sources.isEmpty()) {
            return classes;
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        List<JavaFileObject> units = new ArrayList<>();
        sources.forEach((name, text) -> units.add(new Source(name, text)));
        List<String> options =
                List.of("--release", "17", "-proc:none", "-classpath", System.getProperty("java.class.path"));
        Map<String, ByteArrayOutputStream> written = new LinkedHashMap<>();
        try (StandardJavaFileManager standard = compiler.getStandardFileManager(null, null, UTF_8);
                JavaFileManager files = new InMemory(standard, written)) {
            if (!compiler.getTask(messages, files, null, options, null, units).call()) {
                throw new IllegalArgumentException("The sources do not compile:\n" + messages);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        written.forEach((name, bytes) -> classes.put(name, bytes.toByteArray()));
        return classes;
    }

    private static final class Source extends SimpleJavaFileObject {
        private final String text;

        private Source(String className, String text) {
            super(URI.create("memory:///" + className.replace('.', '/') + ".java"), Kind.SOURCE);
            this.text = text;
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }
    }

    private static final class ClassFile extends SimpleJavaFileObject {
        private final OutputStream content;

        private ClassFile(String className, OutputStream content) {
            super(URI.create("memory:///" + className.replace('.', '/') + ".class"), Kind.CLASS);
            this.content = content;
        }

        @Override
        public OutputStream openOutputStream() {
            return content;
        }
    }

    private static final class InMemory extends ForwardingJavaFileManager<JavaFileManager> {
        private final Map<String, ByteArrayOutputStream> written;

        private InMemory(JavaFileManager standard, Map<String, ByteArrayOutputStream> written) {
            super(standard);
            this.written = written;
        }

        @Override
        public JavaFileObject getJavaFileForOutput(
                Location location, String className, JavaFileObject.Kind kind, FileObject sibling) {
            return new ClassFile(className, written.computeIfAbsent(className, name -> new ByteArrayOutputStream()));
        }
    }
}
