package io.github.whisperspeedtest.verify;

import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.Problem;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.process.ChildReporter;
import io.github.whisperspeedtest.process.ChildTask;
import io.github.whisperspeedtest.registry.ImplementationRegistry;
import io.github.whisperspeedtest.spi.Availability;
import io.github.whisperspeedtest.spi.Implementation;
import io.github.whisperspeedtest.spi.ImplementationContext;
import io.github.whisperspeedtest.spi.LoadOptions;
import io.github.whisperspeedtest.spi.ModelFiles;
import io.github.whisperspeedtest.spi.Transcribers;
import io.github.whisperspeedtest.transcription.Transcriber;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Loads and closes a model, in a JVM that may crash. */
public final class VerifyTask implements ChildTask<VerifyTask.Input, Void, VerifyTask.Outcome> {
    private static final Logger LOG = LoggerFactory.getLogger(VerifyTask.class);

    /** Creates the task. */
    public VerifyTask() {}

    /**
     * The model to load.
     *
     * @param implementation id of the implementation
     * @param context the directories and settings for it
     * @param files the model's files
     */
    public record Input(String implementation, ImplementationContext context, ModelFiles files) {}

    /** The result of loading. */
    public sealed interface Outcome {
        /** Calls the function for this kind of outcome and returns its result. */
        <R> R fold(Function<Loaded, R> loaded, Function<Unavailable, R> unavailable, Function<Refused, R> refused);
    }

    /**
     * The model was loaded and closed.
     *
     * @param runtime the engine with its version
     * @param device what it runs on
     */
    public record Loaded(String runtime, String device) implements Outcome {
        @Override
        public <R> R fold(
                Function<Loaded, R> loaded, Function<Unavailable, R> unavailable, Function<Refused, R> refused) {
            return loaded.apply(this);
        }
    }

    /**
     * The implementation cannot run here.
     *
     * @param problem the cause and the remedy
     */
    public record Unavailable(Problem problem) implements Outcome {
        @Override
        public <R> R fold(
                Function<Loaded, R> loaded, Function<Unavailable, R> unavailable, Function<Refused, R> refused) {
            return unavailable.apply(this);
        }
    }

    /**
     * Loading threw an exception.
     *
     * @param kind category of the failure
     * @param message the exception's message
     */
    public record Refused(ErrorKind kind, String message) implements Outcome {
        @Override
        public <R> R fold(
                Function<Loaded, R> loaded, Function<Unavailable, R> unavailable, Function<Refused, R> refused) {
            return refused.apply(this);
        }
    }

    @Override
    public Outcome run(Input input, ChildReporter<Void> reporter) {
        Implementation implementation = ImplementationRegistry.discover(
                        VerifyTask.class.getClassLoader(), unused -> input.context())
                .require(input.implementation());
        if (implementation.availability() instanceof Availability.Unavailable missing) {
            return new Unavailable(missing.problem());
        }
        try (Transcriber transcriber =
                Transcribers.open(implementation, input.context(), input.files(), LoadOptions.defaults())) {
            return new Loaded(
                    transcriber.parameters().runtime(), transcriber.parameters().device());
        } catch (WhisperSpeedtestException e) {
            LOG.debug("{} rejected {}", input.implementation(), input.files(), e);
            return new Refused(e.kind(), String.valueOf(e.getMessage()));
        } catch (RuntimeException e) {
            // The loader failed on a damaged file without detecting the damage.
            LOG.debug("{} cannot load {}", input.implementation(), input.files(), e);
            return new Refused(ErrorKind.INTERNAL, e.toString());
        }
    }
}
