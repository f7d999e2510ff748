package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps ONNX Runtime's environment alive until the process ends.
 *
 * <p>The runtime's Java class frees the environment in a shutdown hook, even during a running call, which then crashes
 * with a segmentation fault. The native environment is shared and reference-counted ({@code OrtEnv::GetInstance} and
 * {@code OrtEnv::Release}), so a second reference, unknown to the hook, keeps it alive.
 */
final class LastingEnvironment {
    private static final Logger LOG = LoggerFactory.getLogger(LastingEnvironment.class);

    private LastingEnvironment() {}

    /** Acquires a reference to the existing environment of this process and never releases it. */
    static void keep(String name) {
        try {
            Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            api.setAccessible(true);
            Method create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR.getValue(), name);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            LOG.debug("ONNX Runtime's environment will be freed at JVM shutdown, even during a running call", e);
        }
    }
}
