/** ONNX Runtime: its library, its sessions, and the buffers that they compute with. */
@NullMarked
package io.github.whisperspeedtest.onnx.session;

import org.jspecify.annotations.NullMarked;
