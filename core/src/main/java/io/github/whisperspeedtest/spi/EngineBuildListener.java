package io.github.whisperspeedtest.spi;

/** Receives the progress of a build, on any thread. */
@FunctionalInterface
public interface EngineBuildListener {
    /** The steps of a build, in order. */
    enum Step {
        /** The build tool examines the machine. */
        CONFIGURE,
        /** The source code is compiled, which takes minutes. */
        COMPILE,
        /** The libraries are copied to their directory. */
        INSTALL
    }

    /**
     * Reports progress.
     *
     * @param version the version that is built, such as {@code 1.9.3}
     * @param fraction the part of the step that is done, 0 to 1
     */
    void progress(String version, Step step, double fraction);
}
