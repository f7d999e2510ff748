package io.github.whisperspeedtest.server;

import io.github.whisperspeedtest.files.DiskErrors;
import io.github.whisperspeedtest.transcription.Task;
import io.github.whisperspeedtest.worker.TranscriptionService;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MimeTypes;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartConfig;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.thread.Invocable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Receives recordings and starts their transcription. */
final class Uploads {
    /** What a form may have beside the recording. */
    private static final long FIELDS = 1L << 20;

    private static final int MAX_PARTS = 32;
    private static final int MAX_FIELD = 64 << 10;
    private static final int MAX_PART_HEADERS = 8 << 10;

    private static final Logger LOG = LoggerFactory.getLogger(Uploads.class);

    private final TranscriptionService service;
    private final ServerSettings settings;
    private final Spool spool;
    private final Exchanges exchanges;
    private final Semaphore places;
    private final MultiPartConfig config;

    Uploads(TranscriptionService service, ServerSettings settings, Spool spool, Exchanges exchanges) {
        this.service = service;
        this.settings = settings;
        this.spool = spool;
        this.exchanges = exchanges;
        places = new Semaphore(settings.maxUploads());
        config = new MultiPartConfig.Builder()
                .location(spool.directory())
                .maxParts(MAX_PARTS)
                .maxMemoryPartSize(MAX_FIELD)
                .maxPartSize(settings.maxUpload())
                .maxSize(settings.maxUpload() + FIELDS)
                .maxHeadersSize(MAX_PART_HEADERS)
                .useFilesForPartsWithoutFileName(true)
                .build();
    }

    /** Reads the body of a request without waiting for it, and starts the job. */
    void receive(Request request, Response response, Callback callback, boolean translate) {
        @Nullable String type = request.getHeaders().get(HttpHeader.CONTENT_TYPE);
        @Nullable String boundary = type == null ? null : MultiPart.extractBoundary(type);
        if (boundary == null || !MimeTypes.Type.MULTIPART_FORM_DATA.is(HttpField.getValueParameters(type, null))) {
            throw ApiException.invalid(
                    415, "Send the recording as multipart/form-data, in the field 'file'.", "unsupported_media_type");
        }
        if (request.getLength() > settings.maxUpload() + FIELDS) {
            throw tooLarge();
        }
        if (!places.tryAcquire()) {
            throw ApiException.busy("Too many uploads are running. Try again soon.", Duration.ofSeconds(1));
        }
        ReadDeadline deadline = new ReadDeadline(request, settings.uploadTimeout());
        MultiPartFormData.Parser parser = new MultiPartFormData.Parser(boundary);
        parser.configure(config);
        parser.parse(request, Promise.Invocable.from(Invocable.InvocationType.BLOCKING, (parts, failure) -> {
            deadline.met();
            places.release();
            exchanges.metrics().uploaded(Request.getContentBytesRead(request));
            try {
                if (failure != null) {
                    throw errorOf(failure, request);
                }
                start(request, response, callback, translate, parts);
            } catch (ApiException e) {
                Replies.error(request, response, callback, e);
            } catch (RuntimeException e) {
                Replies.logDefect(LOG, "start a transcription", e);
                Replies.error(request, response, callback, ApiException.internal());
            }
        }));
    }

    private void start(
            Request request, Response response, Callback callback, boolean translate, MultiPartFormData.Parts parts) {
        TranscriptionForm form;
        Path recording = spool.newFile();
        try (parts) {
            MultiPart.Part file = TranscriptionForm.recording(parts);
            form = TranscriptionForm.parse(parts, translate ? Task.TRANSLATE : Task.TRANSCRIBE, service);
            file.writeTo(recording);
        } catch (IOException e) {
            spool.delete(recording);
            throw cannotStore(e);
        }
        Exchange exchange = new Exchange(request, response, callback, form, recording, exchanges);
        exchanges.add(exchange);
        exchange.start(service);
    }

    private ApiException errorOf(Throwable failure, Request request) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof TimeoutException) {
                return ApiException.invalid(408, "The upload takes too long.", "upload_timeout");
            }
            if (cause instanceof FileSystemException e) {
                return cannotStore(e);
            }
        }
        if (Request.getContentBytesRead(request) > settings.maxUpload()) {
            return tooLarge();
        }
        LOG.debug("Malformed upload", failure);
        return ApiException.invalid(400, "The multipart/form-data body is malformed or incomplete.", null);
    }

    private ApiException tooLarge() {
        return ApiException.invalid(
                413, "The upload is larger than the limit of " + settings.maxUpload() + " bytes.", "upload_too_large");
    }

    private static ApiException cannotStore(IOException failure) {
        LOG.warn("Cannot store an uploaded recording: {}", DiskErrors.reason(failure));
        return ApiException.server(503, "The server cannot store the recording. Its log has the reason.", "no_storage");
    }
}
