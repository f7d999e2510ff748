package io.github.whisperspeedtest.torch;

import java.util.Optional;

/** What PyTorch can do on a machine. */
interface TorchMachine {
    /** Returns the devices. */
    TorchDevices devices();

    /** Returns why signed bytes cannot be used on the CPU, without a full stop; empty if they can. */
    Optional<String> int8Problem();

    /**
     * Returns the fastest layout of a decoder's weights.
     *
     * @param width the size of the decoder's states
     */
    WeightLayout layout(TorchOptions options, int width);
}
