package io.github.whisperspeedtest.torch;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.engine.Engine;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.process.testing.ProcessBarrier;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.testkit.TestContexts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/** Queries availability in a JVM that has not started PyTorch yet. */
public final class RuntimeTask implements ChildTask<RuntimeTask.Way, Void, RuntimeTask.Answer> {
    /** System property that names the directory where two processes wait for each other before they start PyTorch. */
    static final String BARRIER = "whisperspeedtest.test.barrier";

    /** Creates the task. */
    public RuntimeTask() {}

    /** The way in which PyTorch is started. */
    public enum Way {
        /** Through {@link TorchRuntime}. */
        OURS,
        /** Through DJL directly. */
        DJL
    }

    /**
     * Two results of {@link TorchRuntime#availability}, and their effects.
     *
     * @param first result of the first call
     * @param second result of the second call
     * @param sum sum of three ones, if PyTorch is available
     * @param settings names of DJL's system properties that are set afterwards
     * @param requests URLs of rejected requests
     */
    public record Answer(
            Availability first, Availability second, float sum, List<String> settings, List<String> requests) {}

    @Override
    public Answer run(Way way, ChildReporter<Void> reporter) throws Exception {
        String barrier = System.getProperty(BARRIER);
        if (barrier != null) {
            ProcessBarrier.await(Path.of(barrier), 2);
        }
        List<String> requests = new CopyOnWriteArrayList<>();
        URL.setURLStreamHandlerFactory(protocol -> protocol.startsWith("http") ? new Refusal(requests) : null);
        if (way == Way.DJL) {
            startByDjl();
        }
        Availability first = TorchRuntime.availability(TestContexts.ofEngine(), Set.of());
        float sum = first instanceof Availability.Available ? sum() : 0;
        List<String> settings = System.getProperties().stringPropertyNames().stream()
                .filter(name -> name.matches("(PYTORCH|ENGINE|DJL|OPT)_.*|ai\\.djl\\..*"))
                .sorted()
                .toList();
        return new Answer(first, TorchRuntime.availability(TestContexts.ofEngine(), Set.of()), sum, settings, requests);
    }

    private static void startByDjl() {
        try {
            Engine.getEngine("PyTorch");
        } catch (RuntimeException e) {
            assertThat(e).hasRootCauseInstanceOf(ConnectException.class);
        }
    }

    private static float sum() {
        try (NDManager manager =
                TorchRuntime.start(TestContexts.ofEngine()).engine().newBaseManager()) {
            return manager.ones(new Shape(3)).sum().getFloat();
        }
    }

    /** Rejects HTTP connections regardless of proxies, and records their URLs. */
    private static final class Refusal extends URLStreamHandler {
        private final List<String> requests;

        Refusal(List<String> requests) {
            this.requests = requests;
        }

        @Override
        protected URLConnection openConnection(URL url) throws IOException {
            requests.add(url.toString());
            throw new ConnectException("no network in this test: " + url);
        }

        @Override
        protected URLConnection openConnection(URL url, Proxy proxy) throws IOException {
            return openConnection(url);
        }
    }
}
