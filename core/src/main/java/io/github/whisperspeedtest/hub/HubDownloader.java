package io.github.whisperspeedtest.hub;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.spi.ModelSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Fetches models: files of the hub into a cache that Python's {@code huggingface_hub} reads too, and files from addresses of
 * their own.
 *
 * <p>Nothing takes a file's place before its size and hash are right. What a broken-off run leaves is continued by the next,
 * if the server still has the same version. Several processes may fetch the same at once. Of the network only the hub sees
 * the access token. Safe for use by several threads.
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
        this.cache = new HubCache(settings.cache());
        this.policy = builder.policy;
        this.parallelism = builder.parallelism;
        this.rehash = builder.rehash;
        this.space = builder.space;
        this.transport = new Transport(settings, policy, builder.hosts);
        this.client = new HubClient(settings, policy, transport, builder.knownRepositories);
    }

    /** Returns a downloader into the cache of these settings, everything else as {@link #builder} has it. */
    public static HubDownloader of(HubSettings settings) {
        return builder(settings).build();
    }

    /** Returns a builder; the cache is that of the settings. */
    public static Builder builder(HubSettings settings) {
        return new Builder(settings);
    }

    /** Returns the cache that this writes into. */
    public HubCache cache() {
        return cache;
    }

    /**
     * Asks the hub what there is, and looks what of it is missing here. Writes nothing.
     *
     * <p>Offline, the answer comes from what an earlier download wrote down.
     *
     * @throws DownloadException if the hub does not know or does not allow it, or cannot be asked
     * @throws OperationCancelledException if the thread is interrupted; it still is after
     */
    public DownloadPlan plan(ModelSource.HubRepository source) {
        return interruptibly("'" + source.repository() + "'", () -> planned(source, DownloadListener.SILENT));
    }

    /**
     * Brings files of a repository into the cache; those that are there already cost one request at most.
     *
     * @return what was carried out; its paths are where the files are now
     * @throws DownloadException if anything is not there in full afterwards; what has arrived is kept for the next run
     * @throws OperationCancelledException if the thread is interrupted; it still is after
     */
    public DownloadPlan download(ModelSource.HubRepository source, DownloadListener listener) {
        return interruptibly("'" + source.repository() + "'", () -> {
            DownloadPlan plan = planned(source, listener);
            carryOut(plan, listener);
            return plan;
        });
    }

    /**
     * Brings a file from its own address into a directory, unless it is there with the right hash.
     *
     * @return where it is
     * @throws DownloadException if it is not there in full afterwards; what has arrived is kept for the next run
     * @throws OperationCancelledException if the thread is interrupted; it still is after
     */
    public Path download(ModelSource.DirectDownload source, Path directory, DownloadListener listener) {
        return interruptibly("'" + source.fileName() + "'", () -> {
            if (source.fileName().contains("/")) {
                throw badName(source.fileName(), "it is more than a name");
            }
            Path target = HubNames.resolve(directory, source.fileName());
            ContentHash hash = new ContentHash(source.sha256());
            try {
                boolean present = Files.isRegularFile(target) && hash.matches(target);
                if (!present) {
                    Files.createDirectories(target.getParent());
                    ProgressMeter meter = new ProgressMeter(Map.of(source.fileName(), -1L), listener, System::nanoTime);
                    meter.tell();
                    FileFetcher fetcher = new FileFetcher(transport, policy, space, meter);
                    FileFetcher.Request request =
                            new FileFetcher.Request(source.fileName(), source.address(), false, null, -1, hash, target);
                    Workers.runAll(1, List.of(() -> fetcher.fetch(request)), meter::tell);
                    meter.tell();
                }
                if (Files.isWritable(target.getParent())) {
                    PartialFile.sweep(target.getParent(), name -> !name.equals(source.fileName()), name -> false);
                }
            } catch (Refusal e) {
                throw new DownloadException(
                        ErrorKind.USER,
                        "Cannot download '" + source.fileName() + "' from " + Transport.shown(source.address()) + " ("
                                + e.answer() + "). Check whether the address is still the right one.",
                        e);
            } catch (IOException e) {
                throw Disk.failureUnlessInterrupted("'" + source.fileName() + "'", target, e);
            }
            return target;
        });
    }

    private DownloadPlan planned(ModelSource.HubRepository source, DownloadListener listener)
            throws InterruptedException {
        String repository = source.repository();
        String commit = settings.offline()
                ? cache.commitOf(repository, source.revision()).orElseThrow(() -> offline(source))
                : client.resolve(repository, source.revision(), listener);
        HubTree tree = cache.tree(repository, commit).orElse(null);
        if (tree == null) {
            if (settings.offline()) {
                throw offline(source);
            }
            tree = client.tree(repository, commit, source.files(), listener);
        }
        List<HubFile> files = chosen(source, tree);
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
        return new DownloadPlan(repository, source.revision(), tree, files, missing, writer.snapshot(commit), bytes);
    }

    private List<HubFile> chosen(ModelSource.HubRepository source, HubTree tree) throws InterruptedException {
        Set<HubFile> chosen = new LinkedHashSet<>();
        for (String pattern : source.files()) {
            FilePattern wanted = FilePattern.of(pattern);
            List<HubFile> matching = tree.matching(wanted);
            if (matching.isEmpty()) {
                noteAbsence(source.repository(), tree, wanted);
                if (wanted.isOptional()) {
                    continue;
                }
                throw new DownloadException(
                        ErrorKind.USER,
                        "'" + source.repository() + "' has no file '"
                                + HubNames.printable(wanted.toString()) + "' at revision "
                                + source.revision() + " (commit " + tree.commit() + ")."
                                + SimilarNames.hint(pattern, tree.files().keySet()));
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
                    throw offline(new ModelSource.HubRepository(plan.repository(), plan.revision(), List.of()));
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
                        client.address(plan.repository(), plan.commit(), first.path()),
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
        } catch (Refusal e) {
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

    private DownloadException offline(ModelSource.HubRepository source) {
        return new DownloadException(
                ErrorKind.ENVIRONMENT,
                "Offline mode is on, and '" + source.repository() + "' at revision '" + source.revision()
                        + "' is not complete in " + cache.root() + ". " + OfflineMode.remedy());
    }

    private static DownloadException badName(String name, String problem) {
        return new DownloadException(
                ErrorKind.ENVIRONMENT,
                "The file '" + HubNames.printable(name) + "' is refused: " + problem + ". Tell those who publish it.");
    }

    private interface Work<T> {
        T run() throws InterruptedException;
    }

    private static <T> T interruptibly(String what, Work<T> work) {
        try {
            return work.run();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperationCancelledException(
                    "The download of " + what + " was interrupted. Run it again: what has arrived is kept.", e);
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

        /** Sets how patient it is; default {@link RetryPolicy#standard}. */
        public Builder retryPolicy(RetryPolicy value) {
            policy = value;
            return this;
        }

        /** Sets how many files are fetched at once; default 4. */
        public Builder parallelism(int value) {
            if (value < 1) {
                throw new IllegalArgumentException("At least one file at a time, not " + value);
            }
            parallelism = value;
            return this;
        }

        /** Sets whether files that are there are hashed, and fetched again if they are damaged; default false. */
        public Builder rehash(boolean value) {
            rehash = value;
            return this;
        }

        /** Sets the names that a message may propose in place of a wrong one; default none. */
        public Builder knownRepositories(Collection<String> names) {
            knownRepositories = List.copyOf(names);
            return this;
        }

        /** Sets what is known of servers from other downloads of the same run; default nothing. */
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
