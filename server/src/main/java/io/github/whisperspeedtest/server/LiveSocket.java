package io.github.whisperspeedtest.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.whisperspeedtest.format.LiveJson;
import io.github.whisperspeedtest.streaming.StreamingEvent;
import io.github.whisperspeedtest.streaming.StreamingSummary;
import io.github.whisperspeedtest.worker.JobEnd;
import io.github.whisperspeedtest.worker.LiveListener;
import io.github.whisperspeedtest.worker.LiveStream;
import io.github.whisperspeedtest.worker.RefusedException;
import io.github.whisperspeedtest.worker.ServedModel;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.util.Fields;
import org.eclipse.jetty.util.thread.Scheduler;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.api.StatusCode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A WebSocket that takes audio and sends what was said.
 *
 * <p>Public because Jetty calls it by reflection.
 */
public final class LiveSocket implements Session.Listener.AutoDemanding {
    private static final ObjectMapper MAPPER = new ObjectMapper();

    private static final Logger LOG = LoggerFactory.getLogger(LiveSocket.class);

    private final LiveStreams streams;
    private final Fields query;
    private final Object lock = new Object();

    private @Nullable Session session;
    private @Nullable LiveStream stream;
    private Scheduler.@Nullable Task silence;
    private long lastAudio;
    private boolean finished;
    private boolean ended;
    private long endedAt;

    LiveSocket(LiveStreams streams, Fields query) {
        this.streams = streams;
        this.query = query;
    }

    @Override
    public void onWebSocketOpen(Session opened) {
        synchronized (lock) {
            session = opened;
        }
        streams.add(this);
        // While a slow engine confirms the rest, nothing is sent in either direction.
        opened.addIdleTimeoutListener(timeout -> hasEndedForLong());
        try {
            ServedModel model = streams.model(query);
            LiveStream started = streams.service().openLive(model, streams.options(query, model), new Events());
            boolean cancel;
            boolean finish;
            synchronized (lock) {
                stream = started;
                cancel = ended;
                finish = finished;
            }
            if (cancel) {
                started.close();
            } else if (finish) {
                started.finish();
            }
        } catch (ApiException e) {
            fail(e);
        } catch (RefusedException e) {
            fail(ApiException.of(e));
        } catch (RuntimeException e) {
            Replies.logDefect(LOG, "open a live stream", e);
            fail(ApiException.internal());
        }
    }

    @Override
    public void onWebSocketBinary(ByteBuffer payload, Callback callback) {
        byte[] audio = new byte[payload.remaining()];
        payload.get(audio);
        callback.succeed();
        LiveStream running;
        if (audio.length == 0) {
            return;
        }
        synchronized (lock) {
            lastAudio = System.nanoTime();
            running = finished || ended ? null : stream;
        }
        if (running == null) {
            return;
        }
        if (audio.length % 2 != 0) {
            fail(ApiException.invalid(
                    null, "A message has half a sample. Send 16-bit little-endian samples at 16 kHz, mono."));
        } else if (!running.append(audio)) {
            fail(ApiException.busy(
                    "Audio comes faster than it can be transcribed. Send it at the speed of speech.",
                    Duration.ofSeconds(1)));
        }
    }

    @Override
    public void onWebSocketText(String message) {
        if (isFinish(message)) {
            finish();
        } else {
            fail(ApiException.invalid(null, "Unknown message. Send audio in binary ones, then {\"type\":\"finish\"}."));
        }
    }

    private static boolean isFinish(String message) {
        try {
            JsonNode json = MAPPER.readTree(message);
            return json.path("type").asText().equals("finish");
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    @Override
    public void onWebSocketError(Throwable cause) {
        LOG.debug("A live stream broke", cause);
        cancel();
    }

    @Override
    public void onWebSocketClose(int statusCode, String reason, Callback callback) {
        synchronized (lock) {
            ended = true;
            if (silence != null) {
                silence.cancel();
            }
        }
        cancel();
        streams.remove(this);
        callback.succeed();
    }

    /** Ends the audio; what was said until now is still sent. */
    void finish() {
        LiveStream running;
        synchronized (lock) {
            finished = true;
            running = ended ? null : stream;
        }
        if (running != null) {
            running.finish();
        }
    }

    /** Cancels the stream, if it has not ended; its client learns it as a failure. */
    void cancel() {
        LiveStream running;
        synchronized (lock) {
            running = stream;
        }
        if (running != null) {
            running.close();
        }
    }

    /** The connection may have been idle for long when the end comes, and must last until that is sent. */
    private boolean hasEndedForLong() {
        synchronized (lock) {
            return ended && System.nanoTime() - endedAt >= streams.idleTimeout().toNanos();
        }
    }

    private void scheduleSilence(Duration delay) {
        silence = streams.scheduler().schedule(this::checkSilence, delay.toMillis() + 1, TimeUnit.MILLISECONDS);
    }

    private void checkSilence() {
        synchronized (lock) {
            if (finished || ended) {
                return;
            }
            Duration left = streams.idleTimeout().minusNanos(System.nanoTime() - lastAudio);
            if (!left.isNegative() && !left.isZero()) {
                scheduleSilence(left);
                return;
            }
        }
        finish();
    }

    private void send(String message) {
        Session open;
        synchronized (lock) {
            open = ended ? null : session;
        }
        if (open != null) {
            open.sendText(message, Callback.from(() -> {}, failure -> {
                LOG.debug("A client of a live stream does not read", failure);
                cancel();
                open.disconnect();
            }));
        }
    }

    /** Sends the last message and closes the connection. Only the first call does. */
    private void end(String message, int status) {
        Session open;
        synchronized (lock) {
            open = ended ? null : session;
            endedAt = ended ? endedAt : System.nanoTime();
            ended = true;
            if (silence != null) {
                silence.cancel();
            }
        }
        if (open != null) {
            open.sendText(message, Callback.from(() -> open.close(status, null, Callback.NOOP), failure -> {
                LOG.debug("The end of a live stream was not sent", failure);
                open.disconnect();
            }));
        }
    }

    /** Ends with an error that is not one of the stream, which is cancelled. */
    private void fail(ApiException error) {
        end(error);
        cancel();
    }

    private void end(ApiException error) {
        ObjectNode json = error.toJson();
        end(
                Replies.text(JsonNodeFactory.instance
                        .objectNode()
                        .put("type", "error")
                        .setAll(json)),
                error.status() >= 500 ? StatusCode.SERVER_ERROR : StatusCode.POLICY_VIOLATION);
    }

    private static ObjectNode message(String type) {
        return JsonNodeFactory.instance.objectNode().put("type", type);
    }

    /** Sends the events of the stream. */
    private final class Events implements LiveListener {
        @Override
        public void onReady() {
            synchronized (lock) {
                // A client may wait with its audio until here.
                lastAudio = System.nanoTime();
                scheduleSilence(streams.idleTimeout());
            }
            send(Replies.text(message("ready")));
        }

        @Override
        public void onEvent(StreamingEvent event) {
            send(LiveJson.line(event).stripTrailing());
        }

        @Override
        public void onEnd(StreamingSummary summary) {
            ObjectNode json = message("end");
            json.put("audio", TranscriptJson.seconds(summary.audio()));
            json.put("words", summary.words());
            json.put("utterances", summary.utterances());
            json.put("decodes", summary.decodes());
            json.put("decode_time", TranscriptJson.seconds(summary.decodeTime()));
            json.put("real_time_factor", summary.realTimeFactor());
            putTime(json, "median_latency", summary.medianLatency());
            putTime(json, "latency_95", summary.latency95());
            json.put("skipped", TranscriptJson.seconds(summary.skipped()));
            json.put("language", summary.language());
            end(Replies.text(json), StatusCode.NORMAL);
        }

        private void putTime(ObjectNode json, String name, @Nullable Duration time) {
            if (time == null) {
                json.putNull(name);
            } else {
                json.put(name, TranscriptJson.seconds(time));
            }
        }

        @Override
        public void onFailure(JobEnd.Failed failure) {
            end(ApiException.of(failure, streams.isFinishing()));
        }
    }
}
