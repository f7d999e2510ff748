package io.github.whisperspeedtest.hub.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * A Hugging Face hub on the loopback device: the requests that a download makes, and faults on demand.
 *
 * <p>Small files come from the hub, at {@code 127.0.0.1}; large ones are redirected to a store at another port and under
 * another name, {@code localhost}. Close it at the end of the test.
 */
public final class HubServer implements AutoCloseable {
    private static final int CHUNK = 8 << 10;

    private final ServerSocket hub;
    private final ServerSocket store;
    private final List<Thread> acceptors;
    private final Socket heldPort = new Socket();
    private final Map<String, Repository> repositories = new ConcurrentHashMap<>();
    private final Map<String, byte[]> stored = new ConcurrentHashMap<>();
    private final Map<String, byte[]> plain = new ConcurrentHashMap<>();
    private final Map<String, String> renamed = new ConcurrentHashMap<>();
    private final List<Fault> faults = new ArrayList<>();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile int pageSize = 1000;
    private volatile long bytesPerSecond = Long.MAX_VALUE;
    private volatile boolean withEtags = true;
    private volatile int listingStatus = 200;
    private volatile boolean withSiblings = true;
    private volatile Runnable afterFile = () -> {};

    private HubServer() throws IOException {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        hub = new ServerSocket(0, 50, loopback);
        store = new ServerSocket(0, 50, loopback);
        acceptors = List.of(accept(hub, false), accept(store, true));
    }

    /** A fault that happens once, with the next matching request. */
    public sealed interface Fault {
        /** Answers with a status and further header lines. */
        record Status(Where where, int status, Map<String, String> headers) implements Fault {
            /** Copies the map. */
            public Status {
                headers = Map.copyOf(headers);
            }
        }

        /** Breaks the connection after some bytes of a file. */
        record Cut(int bytes) implements Fault {}

        /** Stalls after some bytes of a file. */
        record Stall(int bytes) implements Fault {}

        /** Breaks the connection before answering. */
        record Hangup(Where where) implements Fault {}

        /** Never answers. */
        record Silence(Where where) implements Fault {}

        /** Answers with an HTML page, like the login page of a network. */
        record Page(Where where) implements Fault {}

        /** Changes a byte of a file. */
        record WrongByte(int position) implements Fault {}

        /** Sends a shorter file (or a longer one, if negative), with the wrong length in the header. */
        record WrongLength(int missing) implements Fault {}

        /** Sends the whole file despite a range request. */
        record IgnoreRange() implements Fault {}

        /** Sends another range than requested. */
        record OtherRange() implements Fault {}

        /** Sends another ETag. */
        record OtherEtag() implements Fault {}

        /** Sends another commit. */
        record OtherCommit() implements Fault {}
    }

    /** The requests that a fault affects. */
    public enum Where {
        /** Questions about a repository. */
        API,
        /** Requests for files at the hub. */
        HUB,
        /** Requests for file content, from the hub or the store. */
        BYTES
    }

    /**
     * A received request.
     *
     * @param atStore whether the store received it
     * @param method such as {@code GET}
     * @param target path and query
     * @param headers headers by lower-case name
     */
    public record Received(boolean atStore, String method, String target, Map<String, String> headers) {
        /** Copies the map. */
        public Received {
            headers = Map.copyOf(headers);
        }
    }

    /** Starts a hub without repositories. */
    public static HubServer start() throws IOException {
        return new HubServer();
    }

    /** Returns the value for {@code HF_ENDPOINT}. */
    public URI endpoint() {
        return URI.create("http://127.0.0.1:" + hub.getLocalPort());
    }

    /** Puts a small file into a repository, for the next commit. */
    public HubServer file(String repository, String path, byte[] content) {
        return put(repository, path, content, false);
    }

    /** Puts a large file (LFS) into a repository, for the next commit. */
    public HubServer largeFile(String repository, String path, byte[] content) {
        return put(repository, path, content, true);
    }

    /** Commits all files of a repository, points {@code main} to the commit, and returns its hash. */
    public String commit(String repository) {
        Repository to = repositories.get(repository);
        String commit =
                hash("SHA-1", (repository + to.commits.size() + to.next.keySet()).getBytes(StandardCharsets.UTF_8));
        to.commits.put(commit, new TreeMap<>(to.next));
        to.refs.put("main", commit);
        return commit;
    }

    /** Names a commit. */
    public HubServer tag(String repository, String name, String commit) {
        repositories.get(repository).refs.put(name, commit);
        return this;
    }

    /** Requires an access token for a repository. */
    public HubServer protect(String repository, String token) {
        repositories.get(repository).token = token;
        return this;
    }

    /** Requires acceptance of a repository's terms, which no client can give. */
    public HubServer gate(String repository) {
        repositories.get(repository).gated = true;
        return this;
    }

    /** Redirects requests for a former name of a repository, as the hub does. */
    public HubServer redirect(String formerName, String repository) {
        renamed.put(formerName, repository);
        return this;
    }

    /** Lists a file under a wrong name, like a malicious hub. */
    public HubServer renameInListings(String repository, String path, String listed) {
        repositories.get(repository).listedAs.put(path, listed);
        return this;
    }

    /** Serves a file outside all repositories and returns its URL. */
    public URI plainFile(String name, byte[] content) {
        plain.put("/" + name, content);
        return URI.create("http://localhost:" + store.getLocalPort() + "/" + name);
    }

    /** Sets the number of files per page of a listing. */
    public HubServer pageSize(int files) {
        pageSize = files;
        return this;
    }

    /** Sets the speed of each connection. */
    public HubServer bytesPerSecond(long rate) {
        bytesPerSecond = rate;
        return this;
    }

    /** Sets whether files have ETags. */
    public HubServer withEtags(boolean value) {
        withEtags = value;
        return this;
    }

    /**
     * Rejects listings, like mirrors that do not support them.
     *
     * @param status of the refusal
     * @param siblings whether the answer for a revision still contains the file names
     */
    public HubServer withoutListings(int status, boolean siblings) {
        listingStatus = status;
        withSiblings = siblings;
        return this;
    }

    /** Sets what happens after each file that was sent in full. */
    public HubServer afterFile(Runnable action) {
        afterFile = action;
        return this;
    }

    /** Adds faults. They happen in this order, each on the next request that it affects. */
    public HubServer inject(Fault... more) {
        synchronized (faults) {
            faults.addAll(Arrays.asList(more));
        }
        return this;
    }

    /** Removes the remaining faults. */
    public void clearFaults() {
        synchronized (faults) {
            faults.clear();
        }
    }

    /** Returns the received requests in order. */
    public List<Received> received() {
        return List.copyOf(received);
    }

    /** Forgets the received requests. */
    public void clearReceived() {
        received.clear();
    }

    /** Returns random content of the given size. */
    public static byte[] content(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /**
     * Closes all connections and refuses new ones. Holds the hub's port without listening until {@link #close}, so that no other
     * test's server answers there.
     */
    public void refuseConnections() throws IOException {
        stop();
        heldPort.setReuseAddress(true);
        heldPort.bind(hub.getLocalSocketAddress());
    }

    @Override
    public void close() throws IOException {
        stop();
        heldPort.close();
    }

    /** Waits until the ports are released: a thread that is accepting still holds them. */
    private void stop() throws IOException {
        hub.close();
        store.close();
        for (Socket socket : open) {
            socket.close();
        }
        try {
            for (Thread acceptor : acceptors) {
                acceptor.join(TimeUnit.SECONDS.toMillis(30));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private HubServer put(String repository, String path, byte[] content, boolean large) {
        byte[] header = ("blob " + content.length + "\0").getBytes(StandardCharsets.US_ASCII);
        byte[] blob = Arrays.copyOf(header, header.length + content.length);
        System.arraycopy(content, 0, blob, header.length, content.length);
        Entry entry = new Entry(content, hash("SHA-1", blob), large ? hash("SHA-256", content) : null);
        repositories.computeIfAbsent(repository, name -> new Repository()).next.put(path, entry);
        if (large) {
            stored.put("/store/" + entry.sha256, content);
        }
        return this;
    }

    private Thread accept(ServerSocket server, boolean isStore) {
        return background(() -> {
            while (!server.isClosed()) {
                try {
                    Socket socket = server.accept();
                    open.add(socket);
                    background(() -> serve(socket, isStore));
                } catch (IOException e) {
                    return;
                }
            }
        });
    }

    private static Thread background(Runnable work) {
        Thread thread = new Thread(work, "hub-server");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }

    private void serve(Socket socket, boolean isStore) {
        try (socket) {
            socket.setTcpNoDelay(true);
            InputStream in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                Received request = read(in, isStore);
                if (request == null) {
                    return;
                }
                received.add(request);
                new Exchange(request, socket).answer();
            }
        } catch (IOException e) {
            return;
        } finally {
            open.remove(socket);
        }
    }

    private static Received read(InputStream in, boolean isStore) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        String[] parts = first.split(" ");
        Map<String, String> headers = new LinkedHashMap<>();
        for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        return new Received(isStore, parts[0], parts[1], headers);
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) {
                return null;
            }
            if (c != '\r') {
                line.write(c);
            }
        }
        return line.toString(StandardCharsets.ISO_8859_1);
    }

    private static String hash(String algorithm, byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(content));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private record Entry(byte[] content, String gitHash, String sha256) {}

    private static final class Repository {
        private final Map<String, Entry> next = new TreeMap<>();
        private final Map<String, Map<String, Entry>> commits = new ConcurrentHashMap<>();
        private final Map<String, String> refs = new ConcurrentHashMap<>();
        private final Map<String, String> listedAs = new ConcurrentHashMap<>();
        private volatile String token;
        private volatile boolean gated;

        private String resolve(String revision) {
            return commits.containsKey(revision) ? revision : refs.get(revision);
        }
    }

    /** One request and its answer. */
    private final class Exchange {
        private final Received request;
        private final Socket socket;
        private final OutputStream out;
        private final String path;

        private Exchange(Received request, Socket socket) throws IOException {
            this.request = request;
            this.socket = socket;
            this.out = socket.getOutputStream();
            this.path = URLDecoder.decode(request.target().replaceFirst("\\?.*", ""), StandardCharsets.UTF_8);
        }

        private void answer() throws IOException {
            if (request.atStore()) {
                byte[] content = path.startsWith("/store/") ? stored.get(path) : plain.get(path);
                if (content == null) {
                    status(404, Map.of(), "no such thing");
                    return;
                }
                bytes(content, hash("SHA-1", content), new LinkedHashMap<>());
                return;
            }
            for (Map.Entry<String, String> names : renamed.entrySet()) {
                if (request.target().contains("/" + names.getKey() + "/")) {
                    String target = request.target().replace("/" + names.getKey() + "/", "/" + names.getValue() + "/");
                    status(307, Map.of("Location", target), "");
                    return;
                }
            }
            String[] parts = path.substring(1).split("/");
            if (parts.length > 5 && parts[0].equals("api")) {
                api(parts[2] + "/" + parts[3], parts[4], String.join("/", Arrays.copyOfRange(parts, 5, parts.length)));
            } else if (parts.length > 4 && parts[2].equals("resolve")) {
                resolve(
                        parts[0] + "/" + parts[1],
                        parts[3],
                        String.join("/", Arrays.copyOfRange(parts, 4, parts.length)));
            } else {
                status(404, Map.of(), "no such thing");
            }
        }

        private void api(String name, String what, String revision) throws IOException {
            if (fails(Where.API)) {
                return;
            }
            Repository repository = allowed(name);
            if (repository == null) {
                return;
            }
            String commit = repository.resolve(revision);
            if (commit == null) {
                status(404, Map.of("X-Error-Code", "RevisionNotFound"), "Invalid rev id: " + revision);
            } else if (what.equals("revision")) {
                json("{\"id\":\"" + name + "\",\"modelId\":\"" + name + "\",\"sha\":\"" + commit
                        + "\",\"private\":false,\"tags\":[],\"siblings\":["
                        + siblings(repository, commit) + "]}");
            } else if (listingStatus != 200) {
                status(listingStatus, Map.of(), "no such call");
            } else {
                tree(name, repository, commit);
            }
        }

        private String siblings(Repository repository, String commit) {
            return withSiblings
                    ? repository.commits.get(commit).keySet().stream()
                            .map(file -> "{\"rfilename\":\"" + file + "\"}")
                            .collect(Collectors.joining(","))
                    : "";
        }

        private void tree(String name, Repository repository, String commit) throws IOException {
            List<String> entries = new ArrayList<>();
            repository.commits.get(commit).forEach((file, entry) -> entries.add(listed(repository, file, entry)));
            int from = 0;
            for (String parameter :
                    request.target().replaceFirst("[^?]*\\??", "").split("&")) {
                from = parameter.startsWith("cursor=") ? Integer.parseInt(parameter.substring(7)) : from;
            }
            int to = Math.min(from + pageSize, entries.size());
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("Content-Type", "application/json");
            if (to < entries.size()) {
                headers.put(
                        "Link",
                        "<" + endpoint() + "/api/models/" + name + "/tree/" + commit + "?recursive=true&cursor=" + to
                                + ">; rel=\"next\"");
            }
            status(200, headers, "[" + String.join(",", entries.subList(from, to)) + "]");
        }

        private String listed(Repository repository, String file, Entry entry) {
            String name = repository.listedAs.getOrDefault(file, file);
            String lfs = entry.sha256 == null
                    ? ""
                    : ",\"lfs\":{\"oid\":\"" + entry.sha256 + "\",\"size\":" + entry.content.length
                            + ",\"pointerSize\":134}";
            return "{\"type\":\"file\",\"oid\":\"" + entry.gitHash + "\",\"size\":" + entry.content.length
                    + ",\"path\":\"" + name.replace("\\", "\\\\") + "\"" + lfs + "}";
        }

        private void resolve(String name, String revision, String file) throws IOException {
            if (fails(Where.HUB)) {
                return;
            }
            Repository repository = allowed(name);
            if (repository == null) {
                return;
            }
            String commit = repository.resolve(revision);
            Entry entry = commit == null ? null : repository.commits.get(commit).get(file);
            if (commit == null) {
                status(404, Map.of("X-Error-Code", "RevisionNotFound"), "");
                return;
            }
            if (entry == null) {
                status(404, Map.of("X-Error-Code", "EntryNotFound", "X-Repo-Commit", commit), "");
                return;
            }
            Map<String, String> headers = new LinkedHashMap<>();
            headers.put("X-Repo-Commit", taken(Fault.OtherCommit.class) == null ? commit : "f".repeat(40));
            if (entry.sha256 == null) {
                bytes(entry.content, entry.gitHash, headers);
                return;
            }
            String etag = taken(Fault.OtherEtag.class) == null ? entry.sha256 : "e".repeat(64);
            if (withEtags) {
                headers.put("X-Linked-Etag", "\"" + etag + "\"");
            }
            headers.put("X-Linked-Size", String.valueOf(entry.content.length));
            headers.put(
                    "Location",
                    "http://localhost:" + store.getLocalPort() + "/store/" + entry.sha256
                            + "?disposition=inline; filename=\"x\"&sig=secret");
            status(302, headers, "Found");
        }

        /** Returns the repository, or sends the rejection. */
        private Repository allowed(String name) throws IOException {
            Repository repository = repositories.get(name);
            String authorization = request.headers().getOrDefault("authorization", "");
            if (repository == null) {
                boolean anonymous = authorization.isEmpty();
                status(
                        anonymous ? 401 : 404,
                        Map.of("X-Error-Code", "RepoNotFound"),
                        "Repository not found " + authorization);
                return null;
            }
            if (repository.gated) {
                status(403, Map.of("X-Error-Code", "GatedRepo"), "Access to model " + name + " is restricted");
                return null;
            }
            if (repository.token != null && !authorization.equals("Bearer " + repository.token)) {
                status(401, Map.of(), "Invalid username or password. " + authorization);
                return null;
            }
            return repository;
        }

        private void bytes(byte[] content, String etag, Map<String, String> headers) throws IOException {
            if (fails(Where.BYTES)) {
                return;
            }
            Fault fault = taken(
                    Fault.Cut.class,
                    Fault.Stall.class,
                    Fault.WrongByte.class,
                    Fault.WrongLength.class,
                    Fault.IgnoreRange.class,
                    Fault.OtherRange.class);
            String quoted = "\"" + etag + "\"";
            String range = request.headers().get("range");
            boolean sameVersion =
                    request.headers().getOrDefault("if-range", quoted).equals(quoted);
            int from = range == null || !sameVersion || fault instanceof Fault.IgnoreRange
                    ? 0
                    : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
            if (from > content.length || from == content.length && content.length > 0) {
                status(416, Map.of("Content-Range", "bytes */" + content.length), "");
                return;
            }
            byte[] sent = Arrays.copyOfRange(content, from, content.length);
            if (fault instanceof Fault.WrongByte wrong && sent.length > 0) {
                sent[wrong.position() % sent.length] ^= 1;
            }
            if (fault instanceof Fault.WrongLength wrong) {
                sent = Arrays.copyOf(sent, Math.max(0, sent.length - wrong.missing()));
            }
            if (withEtags) {
                headers.put("ETag", quoted);
            }
            headers.put("Accept-Ranges", "bytes");
            headers.put("Content-Length", String.valueOf(sent.length));
            boolean partial = from > 0 || range != null && sameVersion && !(fault instanceof Fault.IgnoreRange);
            if (partial) {
                int start = fault instanceof Fault.OtherRange ? Math.max(0, from - 1) : from;
                headers.put("Content-Range", "bytes " + start + "-" + (content.length - 1) + "/" + content.length);
            }
            head(partial ? 206 : 200, headers);
            if (request.method().equals("HEAD")) {
                return;
            }
            send(sent, fault);
        }

        private void send(byte[] sent, Fault fault) throws IOException {
            int stop = sent.length;
            if (fault instanceof Fault.Cut cut) {
                stop = Math.min(cut.bytes(), sent.length);
            } else if (fault instanceof Fault.Stall stall) {
                stop = Math.min(stall.bytes(), sent.length);
            }
            for (int position = 0; position < stop; position += CHUNK) {
                int length = Math.min(CHUNK, stop - position);
                out.write(sent, position, length);
                if (bytesPerSecond < Long.MAX_VALUE) {
                    pause(length * 1000L / bytesPerSecond);
                }
            }
            out.flush();
            if (fault instanceof Fault.Cut) {
                socket.close();
                throw new IOException("cut");
            }
            if (fault instanceof Fault.Stall) {
                waitForTheOtherEnd();
            }
            afterFile.run();
        }

        private boolean fails(Where where) throws IOException {
            Fault fault = taken(where);
            if (fault instanceof Fault.Status status) {
                status(status.status(), status.headers(), "injected");
                return true;
            }
            if (fault instanceof Fault.Page) {
                status(200, Map.of("Content-Type", "text/html; charset=utf-8"), "<html>Log in to HotelWiFi</html>");
                return true;
            }
            if (fault instanceof Fault.Hangup) {
                socket.close();
                throw new IOException("hung up");
            }
            if (fault instanceof Fault.Silence) {
                waitForTheOtherEnd();
            }
            return false;
        }

        /** Waits until the client gives up. */
        private void waitForTheOtherEnd() throws IOException {
            while (socket.getInputStream().read() >= 0) {
                continue;
            }
            throw new IOException("given up");
        }

        private Fault taken(Where where) {
            return taken(fault -> fault instanceof Fault.Status status && status.where() == where
                    || fault instanceof Fault.Page page && page.where() == where
                    || fault instanceof Fault.Hangup hangup && hangup.where() == where
                    || fault instanceof Fault.Silence silence && silence.where() == where);
        }

        private Fault taken(Class<?>... kinds) {
            return taken(fault -> Arrays.asList(kinds).contains(fault.getClass()));
        }

        private Fault taken(Predicate<Fault> concerns) {
            synchronized (faults) {
                for (Fault fault : faults) {
                    if (concerns.test(fault)) {
                        faults.remove(fault);
                        return fault;
                    }
                }
                return null;
            }
        }

        private void json(String text) throws IOException {
            status(200, Map.of("Content-Type", "application/json"), text);
        }

        private void status(int status, Map<String, String> headers, String text) throws IOException {
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            Map<String, String> all = new LinkedHashMap<>(headers);
            all.put("Content-Length", String.valueOf(body.length));
            head(status, all);
            if (!request.method().equals("HEAD")) {
                out.write(body);
            }
            out.flush();
        }

        private void head(int status, Map<String, String> headers) throws IOException {
            StringBuilder head = new StringBuilder("HTTP/1.1 " + status + " Status\r\n");
            headers.forEach((name, value) ->
                    head.append(name).append(": ").append(value).append("\r\n"));
            out.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        private static void pause(long millis) throws IOException {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }
}
