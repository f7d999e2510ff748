package io.github.whisperspeedtest.hub;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A process that downloads a repository, for tests that kill it. */
final class DownloadMain {
    private DownloadMain() {}

    public static void main(String[] args) {
        HubSettings settings = HubSettings.builder()
                .endpoint(URI.create(args[0]))
                .cacheDirectory(Path.of(args[1]))
                .build();
        RetryPolicy policy = new RetryPolicy(
                4, Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1), Duration.ofSeconds(5));
        HubDownloader.builder(settings)
                .retryPolicy(policy)
                .build()
                .download(new DownloadRequest(args[2], "main", List.of("*")), DownloadListener.SILENT);
    }
}
