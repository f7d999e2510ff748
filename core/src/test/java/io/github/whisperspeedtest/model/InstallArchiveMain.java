package io.github.whisperspeedtest.model;

import io.github.whisperspeedtest.hub.DownloadListener;
import io.github.whisperspeedtest.hub.HubHosts;
import io.github.whisperspeedtest.hub.HubSettings;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;

/** A process that installs an archive, for tests that run several or kill one. */
final class InstallArchiveMain {
    private InstallArchiveMain() {}

    public static void main(String[] args) {
        HubSettings settings = HubSettings.builder()
                .endpoint(URI.create(args[0]))
                .cacheDirectory(Path.of(args[1]))
                .build();
        new ArchiveInstaller(settings, new HubHosts(), List.of())
                .install(
                        ArchiveInstallerTest.model(Path.of(args[2])),
                        ArchiveInstallerTest.SOURCE,
                        DownloadListener.SILENT);
    }
}
