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
 * Handles POSIX signals of this process, for a program that controls its own termination. Names have no {@code SIG} prefix. The library
 * itself installs no handler in the program's JVM.
 *
 * <p>This calls {@code sun.misc.Signal}, which is in every JDK, by reflection because the compiler's warning about that class
 * cannot be suppressed.
 */
public final class Signals {
    /** Signals that request termination: from the keyboard, from the system, and from a closed terminal. */
    public static final List<String> TERMINATING = List.of("INT", "TERM", "HUP");

    private static final Logger LOG = LoggerFactory.getLogger(Signals.class);

    private static final long DELIVERY_TIMEOUT_SECONDS = 5;

    private Signals() {}

    /**
     * Runs an action on a separate thread each time a signal arrives. A signal that this process ignores stays ignored.
     *
     * @return whether the system has this signal and allows handlers for it
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
            LOG.debug("Cannot handle SIG{}", name, e);
            return false;
        }
    }

    /**
     * Restores the default action of a signal: the operating system ends the process at once. No shutdown hook and no destructor of a
     * native library runs.
     *
     * @return whether the system has this signal and allows handlers for it
     */
    public static boolean restoreDefault(String name) {
        try {
            install(
                    name,
                    Class.forName("sun.misc.SignalHandler").getField("SIG_DFL").get(null));
            return true;
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            LOG.debug("Cannot restore the default action of SIG{}", name, e);
            return false;
        }
    }

    /**
     * Ends this process with the default action of a signal, so that shells see the signal. Nothing is freed, so native code that still
     * runs cannot access freed memory. If the signal cannot be sent, the JVM is halted.
     *
     * @param exitCode exit code of the halted JVM
     */
    public static void endProcess(String name, int exitCode) {
        if (restoreDefault(name)) {
            send(name);
        }
        Runtime.getRuntime().halt(exitCode);
    }

    /** Uses the shell's {@code kill}, which every POSIX system has. Java can only raise signals that it handles. */
    private static void send(String name) {
        try {
            new ProcessBuilder(
                            "sh",
                            "-c",
                            "kill -" + name + " " + ProcessHandle.current().pid())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor(DELIVERY_TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (IOException e) {
            LOG.debug("Cannot send SIG{}", name, e);
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
            throw new IllegalArgumentException("The JVM does not allow a handler for SIG" + name, e);
        }
    }
}
