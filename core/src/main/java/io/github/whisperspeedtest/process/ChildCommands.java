package io.github.whisperspeedtest.process;

import java.io.IOException;
import java.io.Writer;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends commands to one child while it runs a task, which receives them from {@link ChildReporter#awaitCommand}.
 *
 * <p>Thread-safe. Commands may be sent before the child starts. Commands to a child that has ended are lost; its outcome says how it
 * ended.
 */
public final class ChildCommands {
    private static final Logger LOG = LoggerFactory.getLogger(ChildCommands.class);

    private final BlockingQueue<String> commands = new LinkedBlockingQueue<>();

    /**
     * Sends a command without waiting for the child.
     *
     * @throws IllegalArgumentException if it has a line break
     */
    public void send(String command) {
        if (command.indexOf('\n') >= 0 || command.indexOf('\r') >= 0) {
            throw new IllegalArgumentException("a command must be one line, but was '" + command + "'");
        }
        commands.add(command);
    }

    /**
     * Sends a command as JSON without waiting for the child, which receives it with {@link ChildReporter#awaitCommand(Class)}.
     *
     * @param type the type that the child expects, such as a sealed interface of records
     * @throws IllegalArgumentException if the command cannot be written as JSON
     */
    public <C> void send(Class<C> type, C command) {
        commands.add(Json.write(Json.type(type), command));
    }

    /** Writes the commands to the child's input until the thread is interrupted or the child ends. */
    void writeTo(Writer childInput) {
        try {
            while (true) {
                Protocol.writeLine(childInput, commands.take());
            }
        } catch (InterruptedException e) {
            LOG.trace("The child ended; no more commands are written");
        } catch (IOException e) {
            LOG.debug("The child ended before it read a command", e);
        }
    }
}
