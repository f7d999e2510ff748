package io.github.whisperspeedtest.process;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * POSIX signals of this process, by their names without {@code SIG}, for a program that decides how it ends. The library itself installs
 * no handler.
 *
 * <p>They go through {@code sun.misc.Signal}, which is in every JDK, by reflection: the compiler warns of the class and cannot be told
 * not to.
 */
public final class Signals {
    /** Requests to end a process: the keyboard's, the system's and that of a closed terminal. */
    public static final List<String> TERMINATING = List.of("INT", "TERM", "HUP");

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private static final long DELIVERY_SECONDS = 5;

    private Signals() {}

    /**
     * Runs an action on a separate thread each time a signal arrives. A signal that this process ignores stays ignored.
     *
     * @return whether the system has such a signal and leaves it to programs
     */
    public static boolean handle(String name, Runnable action) {
        try {
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            install(
                    name,
                    Proxy.newProxyInstance(
                            handler.getClassLoader(), new Class<?>[] {handler}, (proxy, method, arguments) -> {
                                switch (method.getName()) {
                                    case "handle" -> action.run();
                                    case "hashCode" -> {
                                        return System.identityHashCode(proxy);
                                    }
                                    case "equals" -> {
                                        return proxy == arguments[0];
                                    }
                                    default -> {
                                        return "handler of SIG" + name;
                                    }
                                }
                                return null;
                            }));
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.debug("SIG{} is not handled", name, e);
            return false;
        }
    }

    /**
     * Gives a signal back to the operating system, which then ends the process at once: no shutdown hook runs, and no destructor of a
     * native library.
     *
     * @return whether the system has such a signal and leaves it to programs
     */
    public static boolean restoreDefault(String name) {
        try {
            install(
                    name,
                    Class.forName("sun.misc.SignalHandler").getField("SIG_DFL").get(null));
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.debug("SIG{} keeps its handler", name, e);
            return false;
        }
    }

    /**
     * Ends this process by a signal, as if it had never handled it: shells see which one it was. Nothing is freed, so native code that
     * still runs cannot meet freed memory. Where that is not possible the JVM is halted.
     *
     * @param exitCode exit code of the halted JVM
     */
    public static void endProcess(String name, int exitCode) {
        if (restoreDefault(name)) {
            send(name);
        }
        Runtime.getRuntime().halt(exitCode);
    }

    /** Java can send only signals that it handles itself; the shell's {@code kill} is on every POSIX system. */
    private static void send(String name) {
        try {
            new ProcessBuilder(
                            "sh",
                            "-c",
                            "kill -" + name + " " + ProcessHandle.current().pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(DELIVERY_SECONDS, TimeUnit.SECONDS);
        } catch (IOException e) {
            LOG.debug("SIG{} cannot be sent", name, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void install(String name, @Nullable Object handler) throws ReflectiveOperationException {
        Class<?> type = Class.forName("sun.misc.Signal");
        try {
            type.getMethod("handle", type, Class.forName("sun.misc.SignalHandler"))
                    .invoke(null, type.getConstructor(String.class).newInstance(name), handler);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException("The JVM refuses SIG" + name, e);
        }
    }
}
