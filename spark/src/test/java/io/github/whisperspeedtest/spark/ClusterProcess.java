package io.github.whisperspeedtest.spark;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.util.Arrays;

/**
 * Runs the main class of a process of a cluster, and ends it with its descendants as soon as the JVM of the test has ended, however that
 * happens.
 */
final class ClusterProcess {
    private ClusterProcess() {}

    /**
     * Runs a class.
     *
     * @param arguments the name of the class, and its arguments
     */
    public static void main(String[] arguments) throws ReflectiveOperationException {
        InputStream ofParent = System.in;
        Thread watch = new Thread(() -> awaitEnd(ofParent), "watch-parent");
        watch.setDaemon(true);
        watch.start();
        try {
            Class.forName(arguments[0]).getMethod("main", String[].class).invoke(null, (Object)
                    Arrays.copyOfRange(arguments, 1, arguments.length));
        } catch (InvocationTargetException e) {
            e.getCause().printStackTrace();
            Runtime.getRuntime().halt(1);
        }
    }

    private static void awaitEnd(InputStream ofParent) {
        try {
            while (ofParent.read() >= 0) {
                // Nothing is sent; the end of the stream is the end of the parent.
            }
        } catch (IOException e) {
            // Means the same.
        }
        ProcessHandle.current().descendants().forEach(ProcessHandle::destroyForcibly);
        Runtime.getRuntime().halt(1);
    }
}
