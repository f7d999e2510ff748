/** Files of PyTorch's {@code torch.save}, read without running anything that they name. */
@NullMarked
package io.github.whisperspeedtest.checkpoint.torch;

import org.jspecify.annotations.NullMarked;
