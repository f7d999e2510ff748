package io.github.whisperspeedtest.benchmark.machine;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The limits of the control group of this process (cgroups(7)), those of version 2 and, where it has none, of version 1.
 *
 * @param processors processor time per time, such as 1.5; null without a limit
 * @param memoryBytes null without a limit
 */
record ContainerLimits(
        @Nullable Double processors, @Nullable Long memoryBytes) {
    private static final String MOUNT = "sys/fs/cgroup";

    /** Version 1 reports no limit as the largest number of whole pages. */
    private static final long UNLIMITED = 1L << 62;

    static ContainerLimits read(SystemFiles files) {
        List<String> unified = groups(files, "");
        Double processors = least(unified.stream()
                .map(group -> quota(files.text(group + "/cpu.max")))
                .toList());
        Long memory = least(unified.stream()
                .map(group -> files.number(group + "/memory.max"))
                .toList());
        if (processors == null) {
            processors = least(groups(files, "cpu").stream()
                    .map(group -> quota(
                            files.text(group + "/cpu.cfs_quota_us") + " " + files.text(group + "/cpu.cfs_period_us")))
                    .toList());
        }
        if (memory == null) {
            memory = least(groups(files, "memory").stream()
                    .map(group -> files.number(group + "/memory.limit_in_bytes"))
                    .map(limit -> limit == null || limit >= UNLIMITED ? null : limit)
                    .toList());
        }
        return new ContainerLimits(processors, memory);
    }

    /**
     * Returns the directories of the group of this process and of those above it, as every one of them may have a limit.
     *
     * @param controller the one of version 1, empty for version 2
     */
    private static List<String> groups(SystemFiles files, String controller) {
        String memberships = files.text("proc/self/cgroup");
        if (memberships == null) {
            return List.of();
        }
        List<String> groups = new ArrayList<>();
        for (String line : memberships.split("\n")) {
            String[] fields = line.split(":", 3);
            if (fields.length == 3 && List.of(fields[1].split(",")).contains(controller)) {
                String mount = controller.isEmpty() ? MOUNT : MOUNT + "/" + fields[1];
                // A container may see the path of its group on the host, which does not exist inside: its limits are at
                // the mount.
                String path = fields[2];
                while (path.length() > 1 && path.startsWith("/")) {
                    groups.add(mount + path);
                    path = path.substring(0, path.lastIndexOf('/'));
                }
                groups.add(mount);
            }
        }
        return groups;
    }

    /** Reads a quota and its period in microseconds, such as {@code 150000 100000}; null for {@code max} and -1. */
    private static @Nullable Double quota(@Nullable String text) {
        String[] fields = text == null ? new String[0] : text.split(" ");
        Long quota = fields.length == 2 ? SystemFiles.parse(fields[0]) : null;
        Long period = fields.length == 2 ? SystemFiles.parse(fields[1]) : null;
        return quota == null || period == null || quota <= 0 || period <= 0 ? null : (double) quota / period;
    }

    private static <T extends Comparable<T>> @Nullable T least(List<? extends @Nullable T> limits) {
        T least = null;
        for (T limit : limits) {
            if (limit != null && (least == null || limit.compareTo(least) < 0)) {
                least = limit;
            }
        }
        return least;
    }
}
