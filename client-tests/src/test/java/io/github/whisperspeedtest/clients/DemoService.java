package io.github.whisperspeedtest.clients;

import io.github.whisperspeedtest.WhisperSpeedtest;
import io.github.whisperspeedtest.model.ToolHome;
import io.github.whisperspeedtest.server.ServerSettings;
import io.github.whisperspeedtest.server.TranscriptionServer;
import io.github.whisperspeedtest.worker.ServedModel;
import io.github.whisperspeedtest.worker.WorkerPool;
import io.github.whisperspeedtest.worker.WorkerSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** The demo model, and servers of it on free ports of the loopback address. */
final class DemoService implements AutoCloseable {
    private final WorkerPool pool;
    private final Path directory;
    private final List<TranscriptionServer> servers = new ArrayList<>();

    private DemoService(WorkerPool pool, Path directory) {
        this.pool = pool;
        this.directory = directory;
    }

    static DemoService start(Path directory) {
        WhisperSpeedtest library = WhisperSpeedtest.builder()
                .home(ToolHome.at(directory.resolve("home")))
                .build();
        return new DemoService(
                WorkerPool.start(library, WorkerSettings.of(new ServedModel("faster", "micro"))), directory);
    }

    /** Starts a server and returns its address, which ends with a slash. */
    String serve(UnaryOperator<ServerSettings> change) {
        TranscriptionServer server =
                TranscriptionServer.start(pool, change.apply(ServerSettings.of(directory.resolve("uploads"))));
        servers.add(server);
        return server.uri().toString();
    }

    /** Starts a server with the default settings. */
    String serve() {
        return serve(settings -> settings);
    }

    @Override
    public void close() {
        servers.forEach(TranscriptionServer::close);
        pool.close();
    }
}
