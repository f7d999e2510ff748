package io.github.whisperspeedtest.spark;

import io.github.whisperspeedtest.files.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.launcher.JavaModuleOptions;

/**
 * A standalone master and its workers on the loopback interface, each a JVM of its own.
 *
 * <p>The jars of the application are not on their class paths: executors get them from the driver.
 */
final class SparkCluster implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String LOOPBACK = "127.0.0.1";
    private static final Pattern MASTER = Pattern.compile("Starting Spark master at (spark://\\S+)");

    /** Settings with which no task starts before all executors are registered. */
    private static final Map<String, String> WHEN_ALL_ARE_THERE = Map.of(
            "spark.scheduler.minRegisteredResourcesRatio",
            "1",
            "spark.scheduler.maxRegisteredResourcesWaitingTime",
            LIMIT.toSeconds() + "s");

    private final ClusterJars jars;
    private final Path directory;
    private final List<Process> processes = new ArrayList<>();
    private final List<Worker> workers = new ArrayList<>();
    private String master = "";

    private SparkCluster(ClusterJars jars, Path directory) {
        this.jars = jars;
        this.directory = directory;
    }

    /** A worker with its directories. */
    record Worker(Process process, Path work, Path local) {
        /** Returns the executors of the worker. */
        List<ProcessHandle> executors() {
            return process.children().toList();
        }

        /** Returns whether an executor of an application ran on this worker. */
        boolean had(String applicationId, String executorId) {
            return Files.exists(work.resolve(applicationId).resolve(executorId));
        }

        /** Returns what the executors of an application have logged. */
        String logs(String applicationId) throws IOException {
            Path application = work.resolve(applicationId);
            if (!Files.exists(application)) {
                return "";
            }
            StringBuilder all = new StringBuilder();
            try (Stream<Path> files = Files.walk(application, 2)) {
                for (Path log : files.filter(file -> file.endsWith("stderr")).toList()) {
                    all.append(Files.readString(log));
                }
            }
            return all.toString();
        }

        /** Returns the files in the temporary directory, which Spark's directories of an application are in. */
        List<Path> temporaryFiles() {
            try (Stream<Path> files = Files.walk(local)) {
                return files.filter(Files::isRegularFile).toList();
            } catch (IOException | UncheckedIOException e) {
                // Spark deletes them at this moment.
                return List.of(local);
            }
        }
    }

    /**
     * Starts a cluster, and waits until its workers are registered.
     *
     * @param directory for logs and temporary files; emptied at the start, so that the logs of a test that failed can be read
     * @param workers number of workers, each with one core
     */
    static SparkCluster start(Path directory, int workers) throws IOException, InterruptedException {
        FileTrees.delete(directory);
        SparkCluster cluster =
                new SparkCluster(ClusterJars.prepare(), Files.createDirectories(directory.toAbsolutePath()));
        try {
            cluster.startMaster();
            for (int i = 0; i < workers; i++) {
                cluster.startWorker(i);
            }
            for (int i = 0; i < workers; i++) {
                Path log = cluster.log("worker-" + i);
                await(() -> contains(log, "Successfully registered with master"), log.toString());
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            cluster.close();
            throw e;
        }
        return cluster;
    }

    /** Returns the URL of the master. */
    String master() {
        return master;
    }

    /** Returns the workers in the order of their start. */
    List<Worker> workers() {
        return workers;
    }

    /** Returns the settings of an application on this cluster, with those that {@link SparkBatch} makes. */
    SparkConf settings(Map<String, String> more) {
        SparkConf conf = new SparkConf()
                .setMaster(master)
                .setAppName("test")
                .set("spark.jars", jars.application())
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", LOOPBACK)
                .set("spark.driver.bindAddress", LOOPBACK)
                .set("spark.executor.cores", "1")
                .set("spark.cores.max", String.valueOf(workers.size()))
                .set("spark.executor.memory", "640m")
                .set("spark.local.dir", directory.resolve("driver").toString())
                .set("spark.sql.warehouse.dir", directory.resolve("warehouse").toString())
                .set("spark.hadoop.fs." + RemoteFileSystem.SCHEME + ".impl", RemoteFileSystem.class.getName());
        WHEN_ALL_ARE_THERE.forEach(conf::set);
        more.forEach(conf::set);
        return SparkBatch.settings(conf, 1);
    }

    /**
     * Starts {@link ClusterDriver} by {@code spark-submit} in a JVM of its own.
     *
     * @param jars the jars of a cluster and the application
     * @param executors executors to wait for, each with one core
     * @param log receives the standard streams
     */
    static Process submit(
            ClusterJars jars, String master, int executors, Path directory, Path log, List<String> arguments)
            throws IOException {
        List<String> submit = new ArrayList<>(List.of(
                "org.apache.spark.deploy.SparkSubmit",
                "--master",
                master,
                "--jars",
                jars.application(),
                "--conf",
                "spark.ui.enabled=false",
                "--conf",
                "spark.driver.host=" + LOOPBACK,
                "--conf",
                "spark.driver.bindAddress=" + LOOPBACK,
                "--conf",
                "spark.executor.memory=640m",
                "--conf",
                "spark.executor.cores=1",
                "--conf",
                "spark.cores.max=" + executors));
        WHEN_ALL_ARE_THERE.forEach((key, value) -> submit.addAll(List.of("--conf", key + "=" + value)));
        submit.addAll(List.of("--class", ClusterDriver.class.getName(), "spark-internal"));
        submit.addAll(arguments);
        return start(jars, directory, log, Map.of("SPARK_LOCAL_DIRS", directory.resolve("local")), submit);
    }

    /** Starts {@link ClusterDriver} on this cluster. */
    Process submit(Path log, List<String> arguments) throws IOException {
        Process driver = submit(jars, master, workers.size(), directory.resolve("submitted"), log, arguments);
        processes.add(driver);
        return driver;
    }

    private void startMaster() throws IOException, InterruptedException {
        Path log = log("master");
        processes.add(start(
                jars,
                directory.resolve("master"),
                log,
                Map.of(),
                List.of(
                        "org.apache.spark.deploy.master.Master",
                        "--host",
                        LOOPBACK,
                        "--port",
                        "0",
                        "--webui-port",
                        "0")));
        await(() -> contains(log, "New state: ALIVE"), log.toString());
        Matcher matcher = MASTER.matcher(Files.readString(log));
        if (!matcher.find()) {
            throw new IOException("The log of the master does not name its URL: " + log);
        }
        master = matcher.group(1);
    }

    private void startWorker(int number) throws IOException {
        Path own = directory.resolve("worker-" + number);
        Path work = Files.createDirectories(own.resolve("work"));
        Path local = Files.createDirectories(own.resolve("local"));
        Process process = start(
                jars,
                own,
                log("worker-" + number),
                Map.of("SPARK_LOCAL_DIRS", local),
                List.of(
                        "org.apache.spark.deploy.worker.Worker",
                        "--host",
                        LOOPBACK,
                        "--webui-port",
                        "0",
                        "--cores",
                        "1",
                        "--memory",
                        "1g",
                        "--work-dir",
                        work.toString(),
                        master));
        processes.add(process);
        workers.add(new Worker(process, work, local));
    }

    private Path log(String name) {
        return directory.resolve(name + ".log");
    }

    private static Process start(
            ClusterJars jars, Path directory, Path log, Map<String, Path> environment, List<String> arguments)
            throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(JavaModuleOptions.defaultModuleOptions().split(" ")));
        command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
        Path temporary = Files.createDirectories(directory.resolve("tmp"));
        command.add("-Djava.io.tmpdir=" + temporary);
        command.add("-cp");
        command.add(jars.classPath());
        command.add(ClusterProcess.class.getName());
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile());
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SPARK_HOME", jars.sparkHome().toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", LOOPBACK);
        environment.forEach((name, value) -> builder.environment().put(name, value.toString()));
        return builder.start();
    }

    /** Waits for a condition, at most two minutes. */
    static void await(BooleanSupplier condition, String what) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("Not within " + LIMIT.toSeconds() + " s: " + what);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static boolean contains(Path log, String text) {
        try {
            return Files.exists(log) && Files.readString(log).contains(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends all processes of the cluster and their descendants. */
    @Override
    public void close() {
        List<ProcessHandle> all = processes.stream()
                .flatMap(process -> Stream.concat(process.descendants(), Stream.of(process.toHandle())))
                .toList();
        all.forEach(ProcessHandle::destroyForcibly);
        all.forEach(process -> process.onExit().join());
    }
}
