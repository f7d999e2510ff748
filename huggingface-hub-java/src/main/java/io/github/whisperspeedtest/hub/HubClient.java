package io.github.whisperspeedtest.hub;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests commits and listings of files from the hub. */
final class HubClient {
    private static final Logger log = LoggerFactory.getLogger(HubClient.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final Pattern NEXT_LINK = Pattern.compile("<([^>]*)>\\s*;[^,]*\\brel=\"?next\"?");
    private static final int LARGEST_PAGE = 64 << 20;
    private static final int MAX_PAGES = 1000;
    private static final int SHOWN = 60;

    /** How servers refuse a call that they do not have; the hub itself says so of what does not exist, which the next call finds out. */
    private static final Set<Integer> NO_LISTING = Set.of(400, 404, 405, 410, 501);

    /** Stands for git's hash of a pointer, which only listings tell. */
    private static final String UNKNOWN_GIT_HASH = "0".repeat(40);

    private final HubSettings settings;
    private final RetryPolicy policy;
    private final Transport transport;
    private final Collection<String> knownRepositories;

    HubClient(HubSettings settings, RetryPolicy policy, Transport transport, Collection<String> knownRepositories) {
        this.settings = settings;
        this.policy = policy;
        this.transport = transport;
        this.knownRepositories = knownRepositories;
    }

    /**
     * Returns the commit that a branch or tag stands for now; a commit stands for itself without a request.
     *
     * @throws HubException if the hub does not know it, does not allow it, or cannot be asked
     */
    String resolve(String repository, String revision, DownloadListener listener) throws InterruptedException {
        HubNames.folderOf(repository);
        HubNames.checkRevision(revision);
        if (HubNames.isCommit(revision)) {
            return revision;
        }
        URI url = URI.create(api(repository) + "/revision/" + encoded(revision));
        String commit;
        try {
            JsonNode answer = page(url, listener).json();
            commit = answer.path("sha").asText();
            warnIfRenamed(repository, answer.path("id").asText(repository));
        } catch (HttpStatusException e) {
            throw explained(e, repository, revision, null);
        }
        if (!HubNames.isCommit(commit)) {
            throw badResponse(url, "a commit of 40 hexadecimal digits", commit);
        }
        return commit;
    }

    /** The hub redirects an old name to the new one, until another repository takes the old name. */
    private static void warnIfRenamed(String repository, String current) {
        if (!current.equals(repository)) {
            log.warn(
                    "The repository '{}' was renamed to '{}'. Use the new name.",
                    repository,
                    HubNames.printable(current));
        }
    }

    /**
     * Returns the files of a commit with sizes and hashes; of a server without the call for listings, those that are wanted.
     *
     * @param wanted what {@link FilePattern#of} takes
     * @throws HubException if the hub does not know it, does not allow it, or cannot be asked
     */
    HubTree tree(String repository, String commit, List<String> wanted, DownloadListener listener)
            throws InterruptedException {
        try {
            return listing(repository, commit, listener);
        } catch (HttpStatusException e) {
            if (NO_LISTING.contains(e.status())) {
                return siblings(repository, commit, wanted, listener, e);
            }
            throw explained(e, repository, commit, null);
        }
    }

    private HubTree listing(String repository, String commit, DownloadListener listener) throws InterruptedException {
        Map<String, HubFile> files = new LinkedHashMap<>();
        @Nullable URI url = URI.create(api(repository) + "/tree/" + commit + "?recursive=true&expand=false");
        for (int pages = 0; url != null; pages++) {
            if (pages == MAX_PAGES) {
                throw badResponse(url, "a listing that ends", "more than " + MAX_PAGES + " pages");
            }
            Page page = page(url, listener);
            if (!page.json().isArray()) {
                throw badResponse(
                        url, "a list of files", page.json().getNodeType().toString());
            }
            for (JsonNode node : page.json()) {
                if (node.path("type").asText("file").equals("file")) {
                    HubFile file = file(node);
                    files.put(file.path(), file);
                }
            }
            url = page.next();
        }
        return new HubTree(commit, files);
    }

    /**
     * Returns the listing that some mirrors have only as part of their answer to another question: the names of all files, with sizes and
     * hashes or without. Those that are missing for a file that is wanted are asked of the file itself.
     */
    private HubTree siblings(
            String repository,
            String commit,
            List<String> wanted,
            DownloadListener listener,
            HttpStatusException noListing)
            throws InterruptedException {
        URI url = URI.create(api(repository) + "/revision/" + commit + "?blobs=true");
        Map<String, HubFile> files = new LinkedHashMap<>();
        try {
            for (JsonNode node : page(url, listener).json().path("siblings")) {
                String path = node.path("rfilename").asText();
                files.put(path, sibling(path, node));
            }
            for (HubFile file : new HubTree(commit, files).matchingAny(wanted)) {
                if (ListedFiles.problem(file) != null && HubNames.pathProblem(file.path()) == null) {
                    files.put(file.path(), described(repository, commit, file.path(), listener));
                }
            }
        } catch (HttpStatusException e) {
            throw explained(e, repository, commit, null);
        }
        if (files.isEmpty()) {
            throw new HubException(
                    HubException.Reason.BAD_RESPONSE,
                    settings.endpoint() + " knows '" + repository + "' but lists none of its files: it refuses the"
                            + " call 'tree' (" + noListing.description() + "), and its answer to 'revision' has no"
                            + " 'siblings'.",
                    "Set HF_ENDPOINT to another mirror.",
                    noListing);
        }
        return new HubTree(commit, files);
    }

    private static HubFile sibling(String path, JsonNode node) {
        JsonNode lfs = node.path("lfs");
        String sha256 = lfs.hasNonNull("sha256") ? lfs.get("sha256").asText() : null;
        return new HubFile(
                path,
                (sha256 == null ? node : lfs).path("size").asLong(-1),
                node.path("blobId").asText(),
                sha256,
                null);
    }

    /** Requests a file to get its size and hash, which the hub sends with each file. */
    private HubFile described(String repository, String commit, String path, DownloadListener listener)
            throws InterruptedException {
        URI url = url(repository, commit, path);
        return Retries.call(policy, Transport.shown(url), listener, () -> {
            HubResponse response = transport.get(url, Map.of("Range", "bytes=0-0"), true);
            response.body().close();
            if (WebPage.isAnnounced(response.headers())) {
                throw transport.page(url);
            }
            String hash = String.valueOf(response.validator())
                    .replaceFirst("^(W/)?\"", "")
                    .replaceFirst("\"$", "");
            if (response.totalSize() < 0 || !ContentHash.isHash(hash)) {
                throw new HubException(
                        HubException.Reason.BAD_RESPONSE,
                        settings.endpoint()
                                + " tells neither in a listing nor with the file itself what size and hash '" + path
                                + "' of '" + repository + "' has.",
                        "Set HF_ENDPOINT to another mirror.");
            }
            return new ContentHash(hash).isGit()
                    ? new HubFile(path, response.totalSize(), hash, null, null)
                    : new HubFile(path, response.totalSize(), UNKNOWN_GIT_HASH, hash, null);
        });
    }

    /** Returns the URL of a file at a commit. */
    URI url(String repository, String commit, String path) {
        String encodedPath =
                Arrays.stream(path.split("/")).map(HubClient::encoded).collect(Collectors.joining("/"));
        return URI.create(settings.endpoint() + "/" + repository + "/resolve/" + commit + "/" + encodedPath);
    }

    /** Returns the exception for a request about a repository that the server rejected. */
    HubException explained(HttpStatusException rejection, String repository, String revision, @Nullable String path) {
        String page = settings.endpoint() + "/" + repository;
        String what = "'" + repository + "' at " + settings.endpoint() + " (" + rejection.description() + ").";
        HubException.Reason reason;
        String advice;
        if (rejection.code().equals("GatedRepo")) {
            reason = HubException.Reason.GATED;
            advice = settings.token() == null
                    ? "It is gated: accept its terms at " + page + ", then set HF_TOKEN to an access token of yours."
                    : "It is gated: accept its terms at " + page
                            + " with the account that the access token belongs to.";
        } else if (rejection.code().equals("RevisionNotFound")) {
            reason = HubException.Reason.NOT_FOUND;
            advice = "There is no revision '" + revision + "': see " + page + "/tree/main for those there are.";
        } else if (rejection.code().equals("EntryNotFound") && path != null) {
            reason = HubException.Reason.NOT_FOUND;
            advice = "There is no file '" + path + "' at revision " + revision + ".";
        } else if (rejection.status() == 403) {
            reason = HubException.Reason.UNAUTHORIZED;
            advice = "The access token has no right to it: choose one that may read it at"
                    + " https://huggingface.co/settings/tokens, or accept the terms at " + page + ".";
        } else if (rejection.status() == 401 && settings.token() != null) {
            reason = HubException.Reason.UNAUTHORIZED;
            advice = "The hub does not accept the access token for it: check HF_TOKEN or the token file, and the name."
                    + SimilarNames.hint(repository, knownRepositories);
        } else if (rejection.status() == 401 || rejection.status() == 404) {
            // The hub answers 401 also for repositories that do not exist, to a client without a token.
            reason = HubException.Reason.NOT_FOUND;
            advice = "There is no such repository, or it is private: check the name, or set HF_TOKEN to an access token"
                    + " that may read it."
                    + (settings.endpoint().equals(HubSettings.DEFAULT_ENDPOINT)
                            ? ""
                            : " Or HF_ENDPOINT names a server that has not got it.")
                    + SimilarNames.hint(repository, knownRepositories);
        } else {
            reason = HubException.Reason.REJECTED;
            advice = "Check the name and HF_ENDPOINT.";
        }
        return new HubException(reason, "Cannot download from " + what, advice, rejection);
    }

    private String api(String repository) {
        return settings.endpoint() + "/api/models/" + repository;
    }

    private Page page(URI url, DownloadListener listener) throws InterruptedException {
        return Retries.call(policy, Transport.shown(url), listener, () -> {
            HubResponse response = transport.get(url, Map.of("Accept", "application/json"), true);
            try (BodyReader body = response.body()) {
                byte[] content = body.readAll(LARGEST_PAGE);
                if (response.status() != 200 || !response.isPlain()) {
                    throw new TransientFailure("the response is partial or compressed, which was not requested");
                }
                return new Page(parsed(url, response, content), next(url, response));
            } catch (IOException e) {
                throw new TransientFailure("the connection broke (" + Failures.reason(e) + ")", null, e);
            }
        });
    }

    /** A complete response that is not JSON would be the same at the next attempt. */
    private JsonNode parsed(URI url, HubResponse response, byte[] content) throws TransientFailure {
        try {
            JsonNode json = MAPPER.readTree(content);
            if (json != null && !json.isMissingNode()) {
                return json;
            }
            throw new TransientFailure("the answer of " + url.getHost() + " is empty");
        } catch (IOException e) {
            String start = new String(content, 0, Math.min(content.length, SHOWN), StandardCharsets.UTF_8).strip();
            throw WebPage.isAnnounced(response.headers()) || start.startsWith("<")
                    ? transport.page(url)
                    : badResponse(url, "JSON", start);
        }
    }

    private @Nullable URI next(URI url, HubResponse response) {
        for (String link : response.headers().allValues("Link")) {
            Matcher matcher = NEXT_LINK.matcher(link);
            if (matcher.find()) {
                try {
                    URI next = url.resolve(matcher.group(1));
                    if (transport.isHub(next)) {
                        return next;
                    }
                } catch (IllegalArgumentException e) {
                    throw badResponse(url, "the address of the next page", link);
                }
                throw badResponse(url, "a next page on the same server", link);
            }
        }
        return null;
    }

    private static HubFile file(JsonNode node) {
        JsonNode lfs = node.path("lfs");
        String sha256 = lfs.hasNonNull("oid") ? lfs.get("oid").asText().replaceFirst("^sha256:", "") : null;
        return new HubFile(
                node.path("path").asText(),
                (sha256 == null ? node : lfs).path("size").asLong(-1),
                node.path("oid").asText(),
                sha256,
                node.hasNonNull("xetHash") ? node.get("xetHash").asText() : null);
    }

    private HubException badResponse(URI url, String expected, String found) {
        String shown = HubNames.printable(found);
        return new HubException(
                HubException.Reason.BAD_RESPONSE,
                "The answer of " + Transport.shown(url) + " cannot be used. Expected " + expected + ", found '"
                        + settings.hideToken(shown) + "'.",
                "Check HF_ENDPOINT.");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** One page of a listing, with the address of the next if there is one. */
    private record Page(JsonNode json, @Nullable URI next) {}
}
