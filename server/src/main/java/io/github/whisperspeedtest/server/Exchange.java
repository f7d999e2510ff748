package io.github.whisperspeedtest.server;

import io.github.whisperspeedtest.transcription.Segment;
import io.github.whisperspeedtest.transcription.Transcription;
import io.github.whisperspeedtest.worker.Job;
import io.github.whisperspeedtest.worker.JobEnd;
import io.github.whisperspeedtest.worker.JobListener;
import io.github.whisperspeedtest.worker.RefusedException;
import io.github.whisperspeedtest.worker.TranscriptionService;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One transcription of a client: its job and its response. No thread waits for either. */
final class Exchange implements JobListener {
    private static final Logger LOG = LoggerFactory.getLogger(Exchange.class);

    private final Request request;
    private final Response response;
    private final Callback callback;
    private final TranscriptionForm form;
    private final Path recording;
    private final Exchanges exchanges;

    private @Nullable Job job;
    private boolean cancelled;
    private boolean ended;
    private @Nullable EventStream events;
    private Scheduler.@Nullable Task keepAlive;
    private boolean hasText;
    private int segments;

    Exchange(
            Request request,
            Response response,
            Callback callback,
            TranscriptionForm form,
            Path recording,
            Exchanges exchanges) {
        this.request = request;
        this.response = response;
        this.callback = callback;
        this.form = form;
        this.recording = recording;
        this.exchanges = exchanges;
    }

    /** Adds the job to the queue. */
    void start(TranscriptionService service) {
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        // A client that waits for its transcript sends and takes nothing.
        request.addIdleTimeoutListener(timeout -> false);
        ClientWatch.start(request, this::cancel);
        Job started;
        try {
            started = service.submit(form.model(), recording, form.options(), this);
        } catch (RefusedException e) {
            forget();
            Replies.error(request, response, callback, ApiException.of(e));
            return;
        } catch (RuntimeException e) {
            forget();
            throw e;
        }
        boolean cancel;
        synchronized (this) {
            job = started;
            cancel = cancelled && !ended;
            if (form.stream() && !ended) {
                scheduleKeepAlive();
            }
        }
        if (cancel) {
            started.cancel();
        }
    }

    /** Cancels the job, because its client is gone or the server closes. */
    void cancel() {
        Job running;
        synchronized (this) {
            cancelled = true;
            running = ended ? null : job;
        }
        if (running != null) {
            running.cancel();
        }
    }

    private void scheduleKeepAlive() {
        Duration interval = exchanges.keepAlive();
        keepAlive = request.getComponents()
                .getScheduler()
                .schedule(this::keepAlive, interval.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void keepAlive() {
        EventStream open;
        synchronized (this) {
            if (ended) {
                return;
            }
            open = events();
            scheduleKeepAlive();
        }
        open.keepAlive();
    }

    /** Starts the stream of events with the first one, so that a recording that cannot be read still gets its status. */
    private synchronized EventStream events() {
        EventStream open = events;
        if (open == null) {
            open = new EventStream(response, callback, this::cancel);
            events = open;
        }
        return open;
    }

    @Override
    public void onStart() {
        if (form.stream()) {
            events().keepAlive();
        }
    }

    @Override
    public void onSegment(Segment segment) {
        if (!form.stream()) {
            return;
        }
        if (form.format() == ResponseFormat.VERBOSE_JSON) {
            events().event(TranscriptJson.segment(segments++, segment));
            return;
        }
        String text = hasText ? segment.text() : segment.text().stripLeading();
        if (!text.isEmpty()) {
            hasText = true;
            events().event(TranscriptJson.delta(text));
        }
    }

    @Override
    public void onEnd(JobEnd end) {
        EventStream open;
        synchronized (this) {
            ended = true;
            open = events;
            if (keepAlive != null) {
                keepAlive.cancel();
            }
        }
        forget();
        try {
            if (end instanceof JobEnd.Transcribed transcribed) {
                exchanges.metrics().transcribed(transcribed.transcription().duration());
                reply(transcribed.transcription());
            } else if (end instanceof JobEnd.Failed failed) {
                fail(ApiException.of(failed, exchanges.isClosing()), open);
            }
        } catch (RuntimeException | Error e) {
            Replies.logDefect(LOG, "send a transcript", e);
            fail(ApiException.internal(), open);
        }
    }

    private void reply(Transcription transcription) {
        if (form.stream()) {
            String done = TranscriptJson.done(transcription);
            events().event(done);
            events().end();
        } else {
            Replies.send(
                    response, callback, 200, form.format().contentType(), TranscriptJson.body(form, transcription));
        }
    }

    private void fail(ApiException error, @Nullable EventStream open) {
        if (open == null) {
            Replies.error(request, response, callback, error);
        } else {
            open.event("error", Replies.text(error.toJson()));
            open.end();
        }
    }

    private void forget() {
        exchanges.ended(this, recording);
    }
}
