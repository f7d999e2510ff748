package io.github.whisperspeedtest.mlx.bindings;

import io.github.whisperspeedtest.model.LibraryReports;
import java.nio.file.Path;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What a child JVM found out about libraries of MLX.
 *
 * @param version the version of MLX
 * @param devices the devices that compute correctly, best first
 * @param refused why each of the other devices is not used, as a clause such as {@code it computes wrongly: …}
 * @param files all files of MLX that were loaded, wherever the system found them
 * @param identity their sizes and times
 * @param lasting whether the same libraries would get the same report again
 */
record MlxReport(
        String version,
        List<MlxDevice> devices,
        Map<MlxDevice, String> refused,
        List<String> files,
        String identity,
        boolean lasting) {
    MlxReport {
        devices = List.copyOf(devices);
        Map<MlxDevice, String> ordered = new EnumMap<>(MlxDevice.class);
        ordered.putAll(refused);
        refused = Collections.unmodifiableMap(ordered);
        files = List.copyOf(files);
    }

    static MlxReport of(
            String version,
            List<MlxDevice> devices,
            Map<MlxDevice, String> refused,
            List<Path> files,
            boolean lasting) {
        return new MlxReport(
                version,
                devices,
                refused,
                files.stream().map(Path::toString).toList(),
                LibraryReports.identity(files),
                lasting);
    }

    /** Returns whether all files are still those that were loaded. */
    boolean isCurrent() {
        return LibraryReports.identity(files.stream().map(Path::of).toList()).equals(identity);
    }

    /** Returns a report that also refuses devices that ended the child JVM. */
    MlxReport withCrashes(Map<MlxDevice, String> crashes) {
        Map<MlxDevice, String> all = new EnumMap<>(MlxDevice.class);
        all.putAll(refused);
        all.putAll(crashes);
        return new MlxReport(version, devices, all, files, identity, lasting && crashes.isEmpty());
    }
}
