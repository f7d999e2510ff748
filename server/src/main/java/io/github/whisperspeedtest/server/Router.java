package io.github.whisperspeedtest.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.transcription.EngineParameters;
import io.github.whisperspeedtest.worker.ServedModel;
import io.github.whisperspeedtest.worker.ServiceState;
import io.github.whisperspeedtest.worker.TranscriptionService;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.URIUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Passes each request to what serves it, and counts requests. */
final class Router extends Handler.Abstract {
    private static final String MODELS = "/v1/models";

    /** When a client may try again that came while the server was closing. */
    private static final Duration RESTART = Duration.ofSeconds(10);

    private static final Logger LOG = LoggerFactory.getLogger(Router.class);

    private final TranscriptionService service;
    private final Access access;
    private final Uploads uploads;
    private final LiveStreams live;
    private final ServerMetrics metrics;
    private final HeaderDeadline deadline;
    private final Page page = Page.load();
    private final long created = Instant.now().getEpochSecond();
    private final Object lock = new Object();
    private int running;
    private boolean draining;

    Router(
            TranscriptionService service,
            Access access,
            Uploads uploads,
            LiveStreams live,
            ServerMetrics metrics,
            HeaderDeadline deadline) {
        this.service = service;
        this.access = access;
        this.uploads = uploads;
        this.live = live;
        this.metrics = metrics;
        this.deadline = deadline;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        String path = String.valueOf(Request.getPathInContext(request));
        Route route = Route.of(path);
        begin();
        Callback counted = new Callback.Nested(callback) {
            @Override
            public void completed() {
                metrics.request(route, response.getStatus(), System.nanoTime() - request.getHeadersNanoTime());
                deadline.await(request.getConnectionMetaData().getConnection());
                end();
            }
        };
        try {
            access.checkOrigin(request);
            if (!route.allows(request.getMethod())) {
                response.getHeaders().put(HttpHeader.ALLOW, route.allowed());
                throw ApiException.invalid(405, "The method is not allowed here. Use " + route.allowed() + ".", null);
            }
            serve(route, path, request, response, counted);
        } catch (ApiException e) {
            Replies.error(request, response, counted, e);
        } catch (RuntimeException e) {
            if (e instanceof HttpException malformed && malformed.getCode() < 500) {
                Replies.error(request, response, counted, ErrorReplies.of(malformed.getCode()));
                return true;
            }
            Replies.logDefect(LOG, "serve a request", e);
            Replies.error(request, response, counted, ApiException.internal());
        }
        return true;
    }

    private void serve(Route route, String path, Request request, Response response, Callback callback) {
        switch (route) {
            case PAGE -> page.send(response, callback);
            case HEALTH -> health(response, callback);
            case METRICS -> {
                access.checkKey(request);
                Replies.send(response, callback, 200, ServerMetrics.CONTENT_TYPE, metrics.scrape());
            }
            case MODELS -> {
                access.checkKey(request);
                Replies.json(response, callback, 200, models());
            }
            case MODEL -> {
                access.checkKey(request);
                String name = URIUtil.decodePath(path.substring(MODELS.length() + 1));
                Replies.json(response, callback, 200, entry(TranscriptionForm.model(service, name)));
            }
            case TRANSCRIPTIONS, TRANSLATIONS -> {
                access.checkKey(request);
                refuseWhileDraining();
                uploads.receive(request, response, callback, route == Route.TRANSLATIONS);
            }
            case LIVE -> {
                refuseWhileDraining();
                live.upgrade(request, response, callback);
            }
            case OTHER -> throw ApiException.invalid(404, "There is nothing at this path.", "not_found");
        }
    }

    private void refuseWhileDraining() {
        if (isDraining()) {
            throw ApiException.closing(RESTART);
        }
    }

    private boolean isDraining() {
        synchronized (lock) {
            return draining;
        }
    }

    private void health(Response response, Callback callback) {
        ServiceState state = service.state();
        boolean closing = state.closing() || isDraining();
        ObjectNode json = JsonNodeFactory.instance
                .objectNode()
                .put("status", closing ? "closing" : "ok")
                .put("queued", state.queued())
                .put("running", state.running())
                .put("live_streams", state.liveStreams());
        ArrayNode workers = json.putArray("workers");
        for (ServiceState.Worker worker : state.workers()) {
            ObjectNode entry =
                    workers.addObject().put("model", worker.model().id()).put("ready", worker.ready());
            EngineParameters parameters = worker.parameters();
            if (parameters != null) {
                entry.put("engine", parameters.runtime())
                        .put("device", parameters.device())
                        .put("fallback", parameters.fallback());
            }
        }
        ArrayNode failed = json.putArray("failed_models");
        state.failedModels().forEach(model -> failed.add(model.id()));
        Replies.json(response, callback, closing ? 503 : 200, json);
    }

    private ObjectNode models() {
        ObjectNode json = JsonNodeFactory.instance.objectNode().put("object", "list");
        ArrayNode data = json.putArray("data");
        for (ServedModel model : service.models()) {
            data.add(entry(model));
        }
        return json;
    }

    private ObjectNode entry(ServedModel model) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("id", model.id())
                .put("object", "model")
                .put("created", created)
                .put("owned_by", model.implementation());
    }

    private void begin() {
        synchronized (lock) {
            running++;
        }
    }

    private void end() {
        synchronized (lock) {
            running--;
            lock.notifyAll();
        }
    }

    /** Refuses new work from now on. */
    void drain() {
        synchronized (lock) {
            draining = true;
        }
    }

    /** Waits until no request is being served; returns whether that was within the time. */
    boolean await(Duration limit) throws InterruptedException {
        long end = System.nanoTime() + limit.toNanos();
        synchronized (lock) {
            while (running > 0) {
                long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
                if (left <= 0) {
                    return false;
                }
                lock.wait(left);
            }
            return true;
        }
    }
}
