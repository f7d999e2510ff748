package io.github.whisperspeedtest.hub;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Downloads files of the hub into a cache that Python's {@code huggingface_hub} reads too, and single files from other URLs.
 *
 * <p>A file appears in its place only after its size and hash were checked. The next download continues an interrupted one if the
 * server still has the same version. Several processes may download the same files at once. The access token is sent to the hub
 * alone. Instances are safe for use by several threads.
 */
public final class HubDownloader {
    private static final Logger log = LoggerFactory.getLogger(HubDownloader.class);

    private final HubSettings settings;
    private final HubCache cache;
    private final RetryPolicy policy;
    private final int parallelism;
    private final boolean rehash;
    private final Disk.Space space;
    private final Transport transport;
    private final HubClient client;

    private HubDownloader(Builder builder) {
        this.settings = builder.settings;
        this.cache = new HubCache(settings.cacheDirectory());
        this.policy = builder.policy;
        this.parallelism = builder.parallelism;
        this.rehash = builder.rehash;
        this.space = builder.space;
        this.transport = new Transport(settings, policy, builder.hosts);
        this.client = new HubClient(settings, policy, transport, builder.knownRepositories);
    }

    /** Returns a downloader into the cache of these settings, with the defaults of {@link #builder}. */
    public static HubDownloader of(HubSettings settings) {
        return builder(settings).build();
    }

    /** Returns a builder; the cache is that of the settings. */
    public static Builder builder(HubSettings settings) {
        return new Builder(settings);
    }

    /** Returns the cache that files are downloaded into. */
    public HubCache cache() {
        return cache;
    }

    /**
     * Returns the commit that a revision stands for: on the hub now, or, offline, at the last download.
     *
     * @param revision a branch, a tag or a commit
     * @throws HubException if the hub does not know the revision, does not allow it, or cannot be reached
     */
    public String resolve(String repository, String revision) {
        DownloadRequest request = new DownloadRequest(repository, revision, List.of());
        return interruptibly("'" + repository + "'", () -> resolved(request, DownloadListener.SILENT));
    }

    /**
     * Returns the names, sizes and hashes of all files of a revision; offline, those that an earlier download saved.
     *
     * <p>A mirror without the API call for listings gives only names: sizes may be -1 then.
     *
     * @param revision a branch, a tag or a commit
     * @throws HubException if the hub does not know the revision, does not allow it, or cannot be reached
     */
    public HubTree list(String repository, String revision) {
        DownloadRequest request = new DownloadRequest(repository, revision, List.of());
        return interruptibly("'" + repository + "'", () -> {
            String commit = resolved(request, DownloadListener.SILENT);
            return listed(request, commit, DownloadListener.SILENT);
        });
    }

    /**
     * Lists the wanted files on the hub and finds those missing in the cache. Writes nothing.
     *
     * <p>Offline, the listing is the one that an earlier download saved.
     *
     * @throws HubException if the hub does not have the files, does not allow access, or cannot be reached
     * @throws HubException with {@link HubException.Reason#CANCELLED} if the thread is interrupted; its interrupt flag stays set
     */
    public DownloadPlan plan(DownloadRequest request) {
        return interruptibly("'" + request.repository() + "'", () -> planned(request, DownloadListener.SILENT));
    }

    /**
     * Downloads files of a repository into the cache; files that are there already cost one request at most.
     *
     * @return the plan that was carried out, with the paths of the files
     * @throws HubException if any file is incomplete afterwards; what was received is kept for the next download
     * @throws HubException with {@link HubException.Reason#CANCELLED} if the thread is interrupted; its interrupt flag stays set
     */
    public DownloadPlan download(DownloadRequest request, DownloadListener listener) {
        return interruptibly("'" + request.repository() + "'", () -> {
            DownloadPlan plan = planned(request, listener);
            carryOut(plan, listener);
            return plan;
        });
    }

    /**
     * Downloads one file from any URL into a directory, unless it is there with the right hash. The access token is never sent.
     *
     * @param url where the file is, http or https
     * @param fileName the name of the file in the directory
     * @param sha256 what the content must hash to, 64 hexadecimal digits
     * @return the path of the file
     * @throws HubException if the file is incomplete afterwards; what was received is kept for the next download
     * @throws HubException with {@link HubException.Reason#CANCELLED} if the thread is interrupted; its interrupt flag stays set
     */
    public Path downloadFile(URI url, Path directory, String fileName, String sha256, DownloadListener listener) {
        ContentHash hash = new ContentHash(sha256.toLowerCase(Locale.ROOT));
        if (hash.isGit()) {
            throw new IllegalArgumentException("Not a sha256 of 64 hexadecimal digits: " + sha256);
        }
        return interruptibly("'" + fileName + "'", () -> {
            if (fileName.contains("/")) {
                throw badName(fileName, "it is more than a name");
            }
            Path target = HubNames.resolve(directory, fileName);
            try {
                boolean present = Files.isRegularFile(target) && hash.matches(target);
                if (!present) {
                    Files.createDirectories(target.getParent());
                    ProgressMeter meter = new ProgressMeter(Map.of(fileName, -1L), listener, System::nanoTime);
                    meter.tell();
                    FileFetcher fetcher = new FileFetcher(transport, policy, space, meter);
                    FileFetcher.Request request = new FileFetcher.Request(fileName, url, false, null, -1, hash, target);
                    Workers.runAll(1, List.of(() -> fetcher.fetch(request)), meter::tell);
                    meter.tell();
                }
                if (Files.isWritable(target.getParent())) {
                    PartialFile.sweep(target.getParent(), name -> !name.equals(fileName), name -> false);
                }
            } catch (HttpStatusException e) {
                throw new HubException(
                        e.status() == HttpURLConnection.HTTP_NOT_FOUND
                                ? HubException.Reason.NOT_FOUND
                                : HubException.Reason.REJECTED,
                        "Cannot download '" + fileName + "' from " + Transport.shown(url) + " (" + e.description()
                                + ").",
                        "Check whether the address is still the right one.",
                        e);
            } catch (IOException e) {
                throw Disk.failureUnlessInterrupted("'" + fileName + "'", target, e);
            }
            return target;
        });
    }

    private DownloadPlan planned(DownloadRequest request, DownloadListener listener) throws InterruptedException {
        String repository = request.repository();
        String commit = resolved(request, listener);
        HubTree tree = listed(request, commit, listener);
        List<HubFile> files = chosen(request, tree);
        CacheWriter writer = writer(repository);
        List<HubFile> missing =
                files.stream().filter(file -> !isPresent(writer, commit, file)).toList();
        Map<String, Long> toFetch = new LinkedHashMap<>();
        for (HubFile file : missing) {
            if (!isBlobPresent(writer, file)) {
                long resumable = PartialFile.resumableBytes(writer.blobs(), file.blobName());
                toFetch.put(file.blobName(), Math.max(0, file.size() - resumable));
            }
        }
        long bytes = toFetch.values().stream().mapToLong(Long::longValue).sum();
        return new DownloadPlan(repository, request.revision(), tree, files, missing, writer.snapshot(commit), bytes);
    }

    private String resolved(DownloadRequest request, DownloadListener listener) throws InterruptedException {
        return settings.offline()
                ? cache.commitOf(request.repository(), request.revision()).orElseThrow(() -> offline(request))
                : client.resolve(request.repository(), request.revision(), listener);
    }

    private HubTree listed(DownloadRequest request, String commit, DownloadListener listener)
            throws InterruptedException {
        HubTree tree = cache.tree(request.repository(), commit).orElse(null);
        if (tree != null) {
            return tree;
        }
        if (settings.offline()) {
            throw offline(request);
        }
        return client.tree(request.repository(), commit, request.files(), listener);
    }

    private List<HubFile> chosen(DownloadRequest request, HubTree tree) throws InterruptedException {
        Set<HubFile> chosen = new LinkedHashSet<>();
        for (String pattern : request.files()) {
            FilePattern wanted = FilePattern.of(pattern);
            List<HubFile> matching = tree.matching(wanted);
            if (matching.isEmpty()) {
                noteAbsence(request.repository(), tree, wanted);
                if (wanted.isOptional()) {
                    continue;
                }
                throw new HubException(
                        HubException.Reason.NOT_FOUND,
                        "'" + request.repository() + "' has no file '"
                                + HubNames.printable(wanted.toString()) + "' at revision "
                                + request.revision() + " (commit " + tree.commit() + ").",
                        SimilarNames.hint(pattern, tree.files().keySet()).strip());
            }
            chosen.addAll(matching);
        }
        for (HubFile file : chosen) {
            String problem = ListedFiles.problem(file);
            if (problem != null) {
                throw badName(file.path(), problem);
            }
        }
        return List.copyOf(chosen);
    }

    private void noteAbsence(String repository, HubTree tree, FilePattern pattern) {
        Path directory = cache.directoryOf(repository);
        String name = pattern.toString();
        if (pattern.isLiteral()
                && HubNames.pathProblem(name) == null
                && Files.isDirectory(directory.resolve("blobs"))) {
            try {
                writer(repository).writeAbsence(tree.commit(), name);
            } catch (IOException e) {
                log.debug("The absence of {} is not written down", pattern, e);
            }
        }
    }

    private void carryOut(DownloadPlan plan, DownloadListener listener) throws InterruptedException {
        CacheWriter writer = writer(plan.repository());
        ProgressMeter meter = meter(plan, listener);
        meter.tell();
        try {
            if (!plan.missing().isEmpty()) {
                if (settings.offline() && plan.bytesToFetch() > 0) {
                    throw offline(new DownloadRequest(plan.repository(), plan.revision(), List.of()));
                }
                Disk.checkSpace(space, writer.blobs(), plan.bytesToFetch());
                writer.prepare(plan.commit());
                if (plan.tree().isWhole()) {
                    writer.writeTree(plan.tree());
                }
                fetchAll(plan, writer, meter);
            }
            finish(plan, writer);
        } catch (IOException e) {
            throw Disk.failureUnlessInterrupted("'" + plan.repository() + "'", cache.root(), e);
        }
        meter.tell();
    }

    /** Writes what tells others that the snapshot is there; of a cache that is whole already nothing need be writable. */
    private void finish(DownloadPlan plan, CacheWriter writer) throws IOException {
        try {
            writer.writeRef(plan.revision(), plan.commit());
            if (plan.tree().isWhole()) {
                writer.sweep(plan.tree());
            }
        } catch (IOException e) {
            if (!plan.missing().isEmpty()) {
                throw e;
            }
            log.debug("{} cannot be written to", cache.root(), e);
        }
    }

    private void fetchAll(DownloadPlan plan, CacheWriter writer, ProgressMeter meter) throws InterruptedException {
        Map<String, List<HubFile>> byBlob = new LinkedHashMap<>();
        // The largest first: whatever is last then ends soon.
        plan.missing().stream()
                .sorted(Comparator.comparingLong(HubFile::size).reversed())
                .forEach(file -> byBlob.merge(file.blobName(), List.of(file), HubDownloader::joined));
        FileFetcher fetcher = new FileFetcher(transport, policy, space, meter);
        Workers.runAll(
                parallelism,
                byBlob.values().stream()
                        .<Workers.Job>map(files -> () -> fetchOne(plan, writer, fetcher, meter, files))
                        .toList(),
                meter::tell);
    }

    private void fetchOne(
            DownloadPlan plan, CacheWriter writer, FileFetcher fetcher, ProgressMeter meter, List<HubFile> files)
            throws InterruptedException {
        HubFile first = files.get(0);
        try {
            if (!isBlobPresent(writer, first)) {
                fetcher.fetch(new FileFetcher.Request(
                        first.path(),
                        client.url(plan.repository(), plan.commit(), first.path()),
                        true,
                        plan.commit(),
                        first.size(),
                        new ContentHash(first.blobName()),
                        writer.blob(first)));
            }
            for (HubFile file : files) {
                writer.link(plan.commit(), file);
                meter.done(file.path(), file.size());
            }
        } catch (HttpStatusException e) {
            throw client.explained(e, plan.repository(), plan.commit(), first.path());
        } catch (IOException e) {
            throw Disk.failureUnlessInterrupted("'" + first.path() + "'", writer.blob(first), e);
        }
    }

    private static List<HubFile> joined(List<HubFile> one, List<HubFile> other) {
        return Stream.concat(one.stream(), other.stream()).toList();
    }

    private static ProgressMeter meter(DownloadPlan plan, DownloadListener listener) {
        Map<String, Long> sizes = new LinkedHashMap<>();
        plan.files().forEach(file -> sizes.put(file.path(), file.size()));
        ProgressMeter meter = new ProgressMeter(sizes, listener, System::nanoTime);
        plan.files().stream()
                .filter(file -> !plan.missing().contains(file))
                .forEach(file -> meter.done(file.path(), file.size()));
        return meter;
    }

    private boolean isPresent(CacheWriter writer, String commit, HubFile file) {
        if (isBlobPresent(writer, file)) {
            return writer.isLinked(commit, file);
        }
        // A cache without links has the file itself in the snapshot, and its name does not say what is in it.
        Path pointer = writer.pointer(commit, file);
        try {
            return Files.isRegularFile(pointer)
                    && !Files.isSymbolicLink(pointer)
                    && Files.size(pointer) == file.size()
                    && new ContentHash(file.blobName()).matches(pointer);
        } catch (IOException e) {
            return false;
        }
    }

    private boolean isBlobPresent(CacheWriter writer, HubFile file) {
        Path blob = writer.blob(file);
        try {
            return Files.isRegularFile(blob)
                    && Files.size(blob) == file.size()
                    && (!rehash || new ContentHash(file.blobName()).matches(blob));
        } catch (IOException e) {
            return false;
        }
    }

    private CacheWriter writer(String repository) {
        return new CacheWriter(cache.root(), cache.directoryOf(repository), settings.symbolicLinks());
    }

    private HubException offline(DownloadRequest request) {
        return new HubException(
                HubException.Reason.OFFLINE,
                "Offline mode is on, and '" + request.repository() + "' at revision '" + request.revision()
                        + "' is not complete in " + cache.root() + ".",
                settings.offlineRemedy());
    }

    private static HubException badName(String name, String problem) {
        return new HubException(
                HubException.Reason.BAD_RESPONSE,
                "The file '" + HubNames.printable(name) + "' is refused: " + problem + ".",
                "Tell those who publish it.");
    }

    private interface Work<T> {
        T run() throws InterruptedException;
    }

    private static <T> T interruptibly(String what, Work<T> work) {
        try {
            return work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HubException(
                    HubException.Reason.CANCELLED,
                    "The download of " + what + " was interrupted.",
                    "Run it again: what has arrived is kept.",
                    e);
        }
    }

    /** Builds a {@link HubDownloader}. */
    public static final class Builder {
        private final HubSettings settings;
        private RetryPolicy policy = RetryPolicy.standard();
        private int parallelism = 4;
        private boolean rehash;
        private Collection<String> knownRepositories = List.of();
        private HubHosts hosts = new HubHosts();
        private Disk.Space space = Disk.Space.real();

        private Builder(HubSettings settings) {
            this.settings = settings;
        }

        /** Sets when a download retries and gives up; default {@link RetryPolicy#standard}. */
        public Builder retryPolicy(RetryPolicy value) {
            policy = value;
            return this;
        }

        /** Sets how many files are downloaded at once; default 4. */
        public Builder parallelism(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("At least one file at a time, not " + value);
            }
            parallelism = value;
            return this;
        }

        /** Sets whether files that are present are hashed, and downloaded again if they are damaged; default false. */
        public Builder rehash(boolean value) {
            rehash = value;
            return this;
        }

        /** Sets the repository names that an error message may suggest instead of an unknown one; default none. */
        public Builder knownRepositories(Collection<String> names) {
            knownRepositories = List.copyOf(names);
            return this;
        }

        /** Sets a record of servers to share with other downloaders; default a new one. */
        public Builder hosts(HubHosts value) {
            hosts = value;
            return this;
        }

        Builder space(Disk.Space value) {
            space = value;
            return this;
        }

        /** Returns the downloader. */
        public HubDownloader build() {
            return new HubDownloader(this);
        }
    }
}
