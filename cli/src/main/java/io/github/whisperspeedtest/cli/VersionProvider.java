package io.github.whisperspeedtest.cli;

import io.github.whisperspeedtest.benchmark.BenchmarkEnvironment;
import picocli.CommandLine.IVersionProvider;

/** Prints the versions that a bug report needs. */
final class VersionProvider implements IVersionProvider {
    VersionProvider() {}

    @Override
    public String[] getVersion() {
        BenchmarkEnvironment environment = BenchmarkEnvironment.detect();
        return new String[] {"whisper-speedtest " + environment.describeTool(), environment.jvm(), environment.os()};
    }
}
