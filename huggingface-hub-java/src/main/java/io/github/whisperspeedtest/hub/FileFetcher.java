package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Brings one file from its address to its place: resumed, checked, and whole or not at all. */
final class FileFetcher {
    /** A content that is wrong this often is wrong at its source. */
    private static final int MAX_WRONG_CONTENTS = 3;
    /** Bytes after which a connection that then broke was still worth it. */
    private static final long PROGRESS = 1 << 20;

    private final Transport transport;
    private final RetryPolicy policy;
    private final Disk.Space space;
    private final ProgressMeter meter;

    FileFetcher(Transport transport, RetryPolicy policy, Disk.Space space, ProgressMeter meter) {
        this.transport = transport;
        this.policy = policy;
        this.space = space;
        this.meter = meter;
    }

    /**
     * A file to fetch.
     *
     * @param name its name in reports
     * @param url where it is
     * @param authorized whether the token may be shown there
     * @param commit the commit that the hub must serve it of, or null if it is no file of the hub
     * @param size its size, or -1 if it is not known
     * @param hash what it must hash to
     * @param target where it belongs
     */
    record Request(
            String name,
            URI url,
            boolean authorized,
            @Nullable String commit,
            long size,
            ContentHash hash,
            Path target) {}

    /**
     * Fetches a file, unless another process is quicker.
     *
     * @throws HubException if it cannot be downloaded
     * @throws HttpStatusException if the server does not give it
     */
    void fetch(Request request) throws InterruptedException {
        Path target = request.target();
        try {
            // A file that is present now is missing or damaged according to the caller; only a later one counts as
            // good.
            @Nullable Object before = identity(target);
            Optional<PartialFile> claimed = PartialFile.claim(
                    target.getParent(),
                    target.getFileName().toString(),
                    policy.stallTimeout().multipliedBy(policy.attempts()),
                    () -> isReplaced(target, before, request.size()));
            if (claimed.isPresent()) {
                try (PartialFile file = claimed.get()) {
                    complete(request, file);
                    file.publish(target);
                }
            }
            meter.done(request.name(), Files.size(target));
        } catch (IOException e) {
            throw Disk.failureUnlessInterrupted("'" + request.name() + "'", target, e);
        }
    }

    private void complete(Request request, PartialFile file) throws IOException, InterruptedException {
        Run run = new Run(request, file);
        while (true) {
            long before = run.furthest;
            try {
                if (request.size() < 0 || file.size() != request.size()) {
                    run.receive();
                }
                if (run.isGood()) {
                    return;
                }
            } catch (TransientFailure e) {
                Duration wait = run.retries.failed(e, run.furthest - before >= PROGRESS);
                meter.retrying(request.name(), e.reason(), wait);
                Thread.sleep(wait.toMillis());
            }
        }
    }

    private static boolean isReplaced(Path target, @Nullable Object before, long size) {
        try {
            Object now = identity(target);
            return now != null && !now.equals(before) && (size < 0 || Files.size(target) == size);
        } catch (IOException e) {
            return false;
        }
    }

    private static @Nullable Object identity(Path target) throws IOException {
        if (!Files.isRegularFile(target)) {
            return null;
        }
        var attributes = Files.readAttributes(target, BasicFileAttributes.class);
        return List.of(String.valueOf(attributes.fileKey()), attributes.size(), attributes.lastModifiedTime());
    }

    /** The attempts at one file. */
    private final class Run {
        private final Request request;
        private final PartialFile file;
        private final Retries retries;
        private @Nullable String strongEtag;
        private long furthest;
        private int wrongContents;

        private Run(Request request, PartialFile file) {
            this.request = request;
            this.file = file;
            this.retries = new Retries(policy, "'" + request.name() + "' from " + Transport.shown(request.url()));
        }

        /** Asks for what is missing and appends it. */
        private void receive() throws TransientFailure, IOException, InterruptedException {
            if (request.size() >= 0 && file.size() > request.size()) {
                file.restart(null);
            }
            long offset = file.size();
            meter.at(request.name(), offset, request.size());
            HubResponse response = transport.get(request.url(), headers(offset), request.authorized());
            try (BodyReader body = response.body()) {
                long total = prepared(response, offset);
                Disk.checkSpace(space, request.target().getParent(), total - file.size());
                meter.at(request.name(), file.size(), total);
                strongEtag = response.strongEtag();
                append(body, total);
            }
        }

        private Map<String, String> headers(long offset) {
            Map<String, String> headers = new HashMap<>();
            if (offset > 0) {
                headers.put("Range", "bytes=" + offset + "-");
                if (strongEtag != null) {
                    headers.put("If-Range", strongEtag);
                }
            }
            return headers;
        }

        /** Makes the partial file fit for what the answer brings; returns the size of the whole, or -1. */
        private long prepared(HubResponse response, long offset) throws TransientFailure, IOException {
            String host = response.url().getHost();
            String commit = response.repositoryCommit();
            if (request.commit() != null && commit != null && !commit.equals(request.commit())) {
                throw new TransientFailure("the hub serves it of commit " + HubNames.printable(commit)
                        + " though commit " + request.commit() + " was asked for");
            }
            if (response.status() == 416) {
                file.restart(null);
                throw new TransientFailure(host + " has no byte " + offset + " of it; starting again");
            }
            if (!response.isPlain()) {
                throw new TransientFailure(host + " compresses it without being asked to");
            }
            if (isPage(response)) {
                throw transport.page(response.url());
            }
            boolean continues = response.status() == 206;
            if (continues && (offset == 0 || response.start() != offset || !file.isFor(response.validator()))) {
                file.restart(null);
                throw new TransientFailure(host + " answers with another part or version of it; starting again");
            }
            if (!continues) {
                file.restart(response.validator());
            }
            long total = response.totalSize();
            if (request.size() >= 0 && total >= 0 && total != request.size()) {
                file.restart(null);
                throw new TransientFailure(
                        host + " announces " + total + " bytes where " + request.size() + " are expected");
            }
            return request.size() >= 0 ? request.size() : total;
        }

        /** A page of the announced size may be what was asked for; its hash tells. */
        private boolean isPage(HubResponse response) {
            return WebPage.isAnnounced(response.headers())
                    && !request.name().toLowerCase(Locale.ROOT).matches(".*\\.html?")
                    && (request.size() < 0 || response.totalSize() != request.size());
        }

        private void append(BodyReader body, long total) throws TransientFailure, IOException, InterruptedException {
            while (true) {
                List<ByteBuffer> buffers = nextBytes(body, total);
                if (buffers == null) {
                    break;
                }
                for (ByteBuffer buffer : buffers) {
                    int bytes = buffer.remaining();
                    if (total >= 0 && file.size() + bytes > total) {
                        file.restart(null);
                        throw new TransientFailure("more than the expected " + total + " bytes came");
                    }
                    file.append(buffer);
                    meter.received(request.name(), bytes);
                }
                furthest = Math.max(furthest, file.size());
            }
            if (total >= 0 && file.size() < total) {
                throw new TransientFailure("the connection ended after " + file.size() + " of " + total + " bytes");
            }
        }

        private @Nullable List<ByteBuffer> nextBytes(BodyReader body, long total)
                throws TransientFailure, IOException, InterruptedException {
            try {
                return body.next();
            } catch (IOException e) {
                throw new TransientFailure(
                        "the connection broke after " + file.size() + (total < 0 ? "" : " of " + total) + " bytes ("
                                + Failures.reason(e) + ")",
                        null,
                        e);
            }
        }

        /** Returns whether the content is what it must be; drops it otherwise. */
        private boolean isGood() throws IOException {
            meter.verifying(request.name());
            String found = request.hash().of(file.channel());
            if (found.equals(request.hash().value())) {
                return true;
            }
            long size = file.size();
            file.restart(null);
            wrongContents++;
            if (wrongContents >= MAX_WRONG_CONTENTS) {
                throw new HubException(
                        HubException.Reason.CORRUPT,
                        "'" + request.name() + "' from " + Transport.shown(request.url()) + " is not what it should"
                                + " be, and was dropped " + wrongContents + " times: expected "
                                + request.hash().kind() + " " + request.hash().value() + ", found " + found + " in "
                                + size + " bytes.",
                        "A proxy or mirror may change it; try another network, or tell those who publish it.");
            }
            return false;
        }
    }
}
