package dev.handsover.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;

/** Counts frames; from one frame on, when the compilers have calmed down, also the process's CPU time and the wall's. */
final class Meter {
    private static final OperatingSystemMXBean SYSTEM =
            ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    private final int warm;
    private int frames;
    private long cpu;
    private long wall;
    private long lastCpu;
    private long lastWall;

    /** @param warm frames that are not counted */
    Meter(int warm) {
        this.warm = warm;
    }

    void frame() {
        frames++;
        lastCpu = SYSTEM.getProcessCpuTime();
        lastWall = System.nanoTime();
        if (frames == warm) {
            cpu = lastCpu;
            wall = lastWall;
        }
    }

    /** One line of JSON: CPU milliseconds a frame, frames a second, CPU seconds per second. */
    String json() {
        double counted = Math.max(1, frames - warm);
        double seconds = (lastWall - wall) / 1e9;
        return String.format(
                Locale.ROOT,
                "{\"frames\": %d, \"cpuMillis\": %.4f, \"fps\": %.3f, \"cores\": %.3f}",
                frames - warm,
                (lastCpu - cpu) / 1e6 / counted,
                counted / seconds,
                (lastCpu - cpu) / 1e9 / seconds);
    }
}
