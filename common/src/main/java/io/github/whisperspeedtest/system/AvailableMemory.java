package io.github.whisperspeedtest.system;

import io.github.whisperspeedtest.program.SystemPrograms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The memory that new processes can use without making the system swap.
 *
 * <p>Linux estimates it itself ({@code MemAvailable}, proc(5)). On macOS it is what Activity Monitor does not count as used: free pages,
 * file-backed pages, which the system drops when it needs memory, and purgeable pages ({@code vm_stat}). Free pages alone are nearly none on
 * either system, because the rest is a cache; the level of {@code memory_pressure} in turn counts all memory of programs that could be
 * compressed.
 */
public final class AvailableMemory {
    private static final Pattern MEM_AVAILABLE = Pattern.compile("(?m)^MemAvailable:\\s*(\\d{1,15}) kB$");
    private static final Pattern PAGE_SIZE = Pattern.compile("page size of (\\d{1,7}) bytes");
    private static final List<String> AVAILABLE_PAGES = List.of("Pages free", "File-backed pages", "Pages purgeable");
    private static final List<String> VM_STAT = List.of("/usr/bin/vm_stat");

    private AvailableMemory() {}

    /** Returns the number of bytes for the whole machine; empty on other systems than Linux and macOS. On macOS it runs {@code vm_stat}. */
    public static OptionalLong bytes() {
        return bytes(Path.of("/"), SystemPrograms::output);
    }

    static OptionalLong bytes(Path root, Function<List<String>, String> programs) {
        Path meminfo = root.resolve("proc/meminfo");
        if (!Files.isReadable(meminfo)) {
            return ofVmStat(programs.apply(VM_STAT));
        }
        try {
            Matcher matcher = MEM_AVAILABLE.matcher(Files.readString(meminfo));
            return matcher.find() ? OptionalLong.of(Long.parseLong(matcher.group(1)) << 10) : OptionalLong.empty();
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    static OptionalLong ofVmStat(String output) {
        Matcher size = PAGE_SIZE.matcher(output);
        if (!size.find()) {
            return OptionalLong.empty();
        }
        long pages = 0;
        for (String name : AVAILABLE_PAGES) {
            Matcher count =
                    Pattern.compile("(?m)^" + name + ":\\s+(\\d{1,12})\\.").matcher(output);
            if (!count.find()) {
                return OptionalLong.empty();
            }
            pages += Long.parseLong(count.group(1));
        }
        return OptionalLong.of(pages * Long.parseLong(size.group(1)));
    }
}
