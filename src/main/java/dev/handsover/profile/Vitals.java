package dev.handsover.profile;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The process's pulse during a run: memory, CPU by thread, allocation by thread, collections. A thread of its own looks ten times
 * a second, at the threads twice; its own cost is therefore told as well (thread {@code vitals}).
 */
public final class Vitals implements AutoCloseable {
    private static final long EVERY_MILLIS = 100;
    /** Threads are looked at every so-manieth time only, since the kernel has a file for each. */
    private static final int THREADS_EVERY = 5;

    private static final Path TASKS = Path.of("/proc/self/task");
    private static final Path STATUS = Path.of("/proc/self/statm");
    private static final long PAGE = 4096;
    /** Of the kernel's clock in /proc: 100 a second on every Linux. */
    private static final long TICK_NANOS = 10_000_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private final List<Sample> samples = new ArrayList<>();
    private int looks;
    private Map<String, Long> allocated = Map.of();
    private Map<String, Long> cpu = Map.of();
    private final Thread thread;
    private volatile boolean ended;

    /**
     * One look.
     *
     * @param nanos when, by {@link System#nanoTime}
     * @param residentBytes 0 where the system does not tell
     * @param heapBytes in use
     * @param cpuNanos by thread name; native threads too on Linux
     * @param allocatedBytes by thread name, of the Java heap, since each thread began
     * @param collections so far
     */
    public record Sample(
            long nanos,
            long residentBytes,
            long heapBytes,
            Map<String, Long> cpuNanos,
            Map<String, Long> allocatedBytes,
            long collections,
            long collectionMillis) {}

    private Vitals() {
        thread = Thread.ofPlatform().daemon().name("vitals").unstarted(this::run);
    }

    /** Starts looking. */
    public static Vitals begin() {
        Vitals vitals = new Vitals();
        vitals.samples.add(vitals.look());
        vitals.thread.start();
        return vitals;
    }

    private void run() {
        try {
            while (!ended) {
                TimeUnit.MILLISECONDS.sleep(EVERY_MILLIS);
                Sample sample = look();
                synchronized (samples) {
                    samples.add(sample);
                }
            }
        } catch (InterruptedException e) {
            // close() asks for the end
        }
    }

    private Sample look() {
        if (looks++ % THREADS_EVERY == 0 || ended) {
            threads();
        }
        long count = 0;
        long millis = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            count += Math.max(0, collector.getCollectionCount());
            millis += Math.max(0, collector.getCollectionTime());
        }
        Runtime memory = Runtime.getRuntime();
        return new Sample(
                System.nanoTime(),
                resident(),
                memory.totalMemory() - memory.freeMemory(),
                cpu,
                allocated,
                count,
                millis);
    }

    private void threads() {
        Map<String, Long> bytesNow = new TreeMap<>();
        Map<String, Long> cpuNow = new TreeMap<>();
        long[] ids = threads.getAllThreadIds();
        ThreadInfo[] infos = threads.getThreadInfo(ids);
        long[] bytes = threads.getThreadAllocatedBytes(ids);
        for (int i = 0; i < ids.length; i++) {
            if (infos[i] != null && bytes[i] >= 0) {
                bytesNow.merge(infos[i].getThreadName(), bytes[i], Long::sum);
                if (!Files.isDirectory(TASKS)) {
                    cpuNow.merge(infos[i].getThreadName(), Math.max(0, threads.getThreadCpuTime(ids[i])), Long::sum);
                }
            }
        }
        tasks(cpuNow);
        allocated = bytesNow;
        cpu = cpuNow;
    }

    /** All threads of the process, those of native libraries too, under the names that the kernel knows (15 characters). */
    private static void tasks(Map<String, Long> cpu) {
        if (!Files.isDirectory(TASKS)) {
            return;
        }
        try (Stream<Path> tasks = Files.list(TASKS)) {
            for (Path task : tasks.toList()) {
                List<String> lines = Machine.lines(task.resolve("stat"));
                if (!lines.isEmpty()) {
                    String line = lines.getFirst();
                    int from = line.indexOf('(');
                    int to = line.lastIndexOf(')');
                    String[] words = line.substring(to + 2).split(" ", -1);
                    long ticks = Long.parseLong(words[11]) + Long.parseLong(words[12]);
                    cpu.merge(line.substring(from + 1, to), ticks * TICK_NANOS, Long::sum);
                }
            }
        } catch (IOException e) {
            // threads that end meanwhile are left out
        }
    }

    private static long resident() {
        List<String> lines = Machine.lines(STATUS);
        return lines.isEmpty() ? 0 : Long.parseLong(lines.getFirst().split(" ", -1)[1]) * PAGE;
    }

    /** All looks so far, the first before the run. */
    public List<Sample> samples() {
        synchronized (samples) {
            return List.copyOf(samples);
        }
    }

    @Override
    public void close() {
        ended = true;
        thread.interrupt();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        samples.add(look());
    }
}
