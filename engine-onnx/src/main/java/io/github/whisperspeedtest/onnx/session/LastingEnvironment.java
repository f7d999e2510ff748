package io.github.whisperspeedtest.onnx.session;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.reflect.Field;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.Method;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps ONNX Runtime's environment alive until the process has ended.
 *
 * <p>The runtime's Java class frees the environment in a shutdown hook, under whatever call runs then, and that call ends in a segmentation
 * fault. The native environment is shared and counts its references ({@code OrtEnv::GetInstance} and {@code OrtEnv::Release}), so a second
 * one, which the hook does not know, keeps it.
 */
final class LastingEnvironment {
    private static final Logger LOG = LoggerFactory.getLogger(LastingEnvironment.class);

    private LastingEnvironment() {}

    /** Takes a reference to the environment of this process, which exists already, and never gives it back. */
    static void keep(String name) {
        try {
            Field api = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("ortApiHandle");
            api.setAccessible(true);
            Method create = OrtEnvironment.class.getDeclaredMethod("createHandle", long.class, int.class, String.class);
            create.setAccessible(true);
            create.invoke(null, api.getLong(null), OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR.getValue(), name);
        } catch (ReflectiveOperationException | InaccessibleObjectException e) {
            LOG.debug("ONNX Runtime's environment is freed when the JVM shuts down, whatever still runs", e);
        }
    }
}
