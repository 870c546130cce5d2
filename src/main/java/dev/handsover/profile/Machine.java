package dev.handsover.profile;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What a profile was measured on. Two profiles may be compared when these are equal.
 *
 * @param processor its model, as the system names it
 * @param processors that this process may use
 * @param memoryBytes of the machine
 * @param system name and processor architecture
 * @param java its version
 */
public record Machine(String processor, int processors, long memoryBytes, String system, String java) {
    private static final Path CPU = Path.of("/proc/cpuinfo");

    /** This one. */
    public static Machine here() {
        OperatingSystemMXBean system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(
                model(),
                Runtime.getRuntime().availableProcessors(),
                system.getTotalMemorySize(),
                System.getProperty("os.name") + " " + System.getProperty("os.arch"),
                Runtime.version().toString());
    }

    private static String model() {
        for (String line : lines(CPU)) {
            if (line.startsWith("model name")) {
                return line.substring(line.indexOf(':') + 1).strip();
            }
        }
        return System.getProperty("os.arch");
    }

    /** A file's lines; none where it cannot be read. */
    static List<String> lines(Path file) {
        try {
            return Files.exists(file) ? Files.readAllLines(file) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }
}
