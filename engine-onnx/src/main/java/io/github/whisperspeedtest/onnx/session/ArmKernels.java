package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession.SessionOptions;
import io.github.whisperspeedtest.error.EngineException;
import io.github.whisperspeedtest.error.RuntimeUnavailableException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which kernels the sessions use on an ARM64 processor.
 *
 * <p>On such processors ONNX Runtime multiplies with Arm's KleidiAI, and on those with SME (Apple's M4 and later, some of Qualcomm's) with
 * SME kernels. Releases before the one used here crashed with them (microsoft/onnxruntime#26377, 1.23) or computed wrongly (#31569 and
 * k2-fsa/sherpa-onnx#3791, 1.27.0). Therefore they are {@linkplain ArmKernelCheck checked} before use.
 *
 * @param portable whether KleidiAI is off
 * @param note the reason for readers of results; null if the kernels are those that ONNX Runtime chooses
 */
public record ArmKernels(boolean portable, @Nullable String note) {
    /**
     * Turns KleidiAI off if its value is 1. Source: {@code kOrtSessionOptionsMlasDisableKleidiAi} in
     * {@code onnxruntime_session_options_config_keys.h} (microsoft/onnxruntime#27136); a release without it ignores it.
     */
    static final String DISABLE_KLEIDIAI = "mlas.disable_kleidiai";

    private static final String REMEDY = "Use another implementation: whisper-speedtest list";

    /** What ONNX Runtime chooses itself. */
    public static final ArmKernels CHOSEN_BY_RUNTIME = new ArmKernels(false, null);

    /** Opens the products to check. */
    interface Opener {
        /**
         * Opens them on one kind of kernels.
         *
         * @param portable whether KleidiAI is off
         */
        ArmKernelCheck.Products open(boolean portable);
    }

    /**
     * Chooses the kernels for an ARM64 processor: ONNX Runtime's choice if it multiplies correctly, otherwise those without KleidiAI.
     *
     * @param portable whether the user wants them without KleidiAI; then only those run, because the others may crash
     * @throws RuntimeUnavailableException if those without KleidiAI multiply wrongly, too
     */
    static ArmKernels choose(boolean portable, Opener opener) {
        Optional<String> fault = portable ? Optional.empty() : fault(opener, false);
        if (!portable && fault.isEmpty()) {
            return CHOSEN_BY_RUNTIME;
        }
        fault(opener, true).ifPresent(still -> {
            throw new RuntimeUnavailableException(
                    "ONNX Runtime computes wrongly on this processor, even with portable kernels (" + still + ")",
                    REMEDY,
                    null);
        });
        return new ArmKernels(
                true,
                fault.map(text -> "portable ARM kernels, because the others compute wrongly on this processor (" + text
                                + ")")
                        .orElse("portable ARM kernels, as requested"));
    }

    private static Optional<String> fault(Opener opener, boolean portable) {
        try (ArmKernelCheck.Products products = opener.open(portable)) {
            return ArmKernelCheck.fault(products);
        } catch (EngineException e) {
            return Optional.of(e.getMessage());
        }
    }

    /** Makes sessions with these options use these kernels. */
    public void applyTo(SessionOptions options) throws OrtException {
        if (portable) {
            options.addConfigEntry(DISABLE_KLEIDIAI, "1");
        }
    }
}
