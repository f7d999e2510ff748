package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.error.DownloadException;
import io.github.whisperspeedtest.error.ErrorKind;
import io.github.whisperspeedtest.error.OperationCancelledException;
import io.github.whisperspeedtest.error.UnreachableHostException;
import io.github.whisperspeedtest.error.WhisperSpeedtestException;
import io.github.whisperspeedtest.hub.HubException;
import io.github.whisperspeedtest.hub.HubSettings;
import io.github.whisperspeedtest.settings.Settings;
import java.util.function.Supplier;

/** Connects this library to the hub client: creates its settings and translates its exceptions. */
public final class HubAccess {
    private static final String PREFIX = "whisperspeedtest.hub";

    /** System property for the URL of the hub; overrides the environment. */
    public static final String ENDPOINT_PROPERTY = PREFIX + ".endpoint";

    /** System property for the default Hugging Face cache; overrides the environment. */
    public static final String CACHE_PROPERTY = PREFIX + ".cache";

    /** System property that forbids or allows requests; overrides the environment. */
    public static final String OFFLINE_PROPERTY = PREFIX + ".offline";

    private HubAccess() {}

    /**
     * Returns the hub settings from environment variables and system properties.
     *
     * @throws WhisperSpeedtestException if the home directory is needed and unknown
     */
    public static HubSettings settings(Settings settings) {
        return call(() -> HubSettings.fromEnvironment(
                settings.environment(), name -> settings.property(name).orElse(null), PREFIX));
    }

    /**
     * Calls the hub client and returns its result.
     *
     * @throws WhisperSpeedtestException if the call fails
     */
    static <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (HubException e) {
            throw translated(e);
        }
    }

    /** Translates an exception of the hub client. */
    static WhisperSpeedtestException translated(HubException e) {
        String message = e.getMessage();
        return switch (e.reason()) {
            case INVALID_INPUT -> new WhisperSpeedtestException(ErrorKind.USER, message, e);
            case NO_HOME_DIRECTORY ->
                new WhisperSpeedtestException(
                        ErrorKind.ENVIRONMENT,
                        e.problem() + " Set HOME to the absolute path of a writable directory, or set "
                                + ToolHome.HOME_VARIABLE + " and HF_HOME.",
                        e);
            case NOT_FOUND, GATED, UNAUTHORIZED, REJECTED -> new DownloadException(ErrorKind.USER, message, e);
            case OFFLINE -> new DownloadException(ErrorKind.ENVIRONMENT, e.problem() + " " + offlineRemedy(e), e);
            case UNREACHABLE -> new UnreachableHostException(e.host().orElseThrow(), message, e);
            case UNAVAILABLE, BAD_RESPONSE, CORRUPT, DISK -> new DownloadException(ErrorKind.ENVIRONMENT, message, e);
            case CANCELLED -> new OperationCancelledException(message, e);
        };
    }

    private static String offlineRemedy(HubException e) {
        return e.remedy().contains(OFFLINE_PROPERTY)
                ? "Remove --offline (or the system property " + OFFLINE_PROPERTY + ") to download."
                : e.remedy();
    }
}
