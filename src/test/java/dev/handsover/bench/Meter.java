package dev.handsover.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** Counts frames; from one frame on, when the compilers have calmed down, also the process's CPU time and the wall's. */
final class Meter {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Path STATUS = Path.of("/proc/self/status");
    private final int warm;
    private final int every;
    private int frames;
    private long cpu;
    private long wall;
    private long lastCpu;
    private long lastWall;

    private long bytes;
    private long lastBytes;

    /** @param warm frames that are not counted */
    Meter(int warm) {
        this(warm, 0);
    }

    /** @param every so many frames the memory in use is printed; 0 is never */
    Meter(int warm, int every) {
        this.warm = warm;
        this.every = every;
    }

    void frame() {
        frames++;
        lastCpu = SYSTEM.getProcessCpuTime();
        lastWall = System.nanoTime();
        if (frames == warm) {
            cpu = lastCpu;
            wall = lastWall;
            bytes = THREADS.getTotalThreadAllocatedBytes();
        }
        if (every > 0 && frames % every == 0) {
            System.out.println(frames + " frames, resident " + resident("VmRSS") + " kB");
        }
    }

    /** Reading it disturbs what is measured: after the last frame. */
    private void end() {
        lastBytes = THREADS.getTotalThreadAllocatedBytes();
    }

    /** VmRSS or VmHWM of this process, in kB; 0 where Linux does not tell. */
    static long resident(String key) {
        try {
            return !Files.exists(STATUS)
                    ? 0
                    : Files.readAllLines(STATUS).stream()
                            .filter(line -> line.startsWith(key))
                            .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                            .findFirst()
                            .orElse(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One line of JSON: CPU milliseconds a frame, frames a second, cores busy, bytes of Java heap allocated a frame, peak memory. */
    String json() {
        end();
        double counted = Math.max(1, frames - warm);
        double seconds = (lastWall - wall) / 1e9;
        return String.format(
                Locale.ROOT,
                "{\"frames\": %d, \"cpuMillis\": %.4f, \"fps\": %.3f, \"cores\": %.3f, \"bytes\": %.0f, \"peakKb\": %d}",
                frames - warm,
                (lastCpu - cpu) / 1e6 / counted,
                counted / seconds,
                (lastCpu - cpu) / 1e9 / seconds,
                (lastBytes - bytes) / counted,
                resident("VmHWM"));
    }
}
