package dev.handsover.profile;

import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Every span of a run, in memory that is made before it: which stage, which frame, which thread, from when to when. Any thread
 * adds; reading is for after the run, or for figures that may be one span behind. A full trail keeps what it has and counts the
 * rest.
 */
public final class Trail {
    private static final int MOST_THREADS = 256;

    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger missed = new AtomicInteger();
    private final Stage[] stages;
    private final long[] frames;
    private final long[] starts;
    private final long[] ends;
    private final short[] threads;
    private final @Nullable Thread[] known = new Thread[MOST_THREADS];
    private final String[] names = new String[MOST_THREADS];
    private volatile int knownCount;

    /** One frame's time in one stage, ns of {@link System#nanoTime}. */
    public record Span(Stage stage, long frame, long start, long end, int thread) {
        public long nanos() {
            return end - start;
        }
    }

    /** @param capacity spans; 30 bytes each */
    public Trail(int capacity) {
        stages = new Stage[capacity];
        frames = new long[capacity];
        starts = new long[capacity];
        ends = new long[capacity];
        threads = new short[capacity];
    }

    void add(Stage stage, long frame, long start, long end) {
        int at = next.get() < stages.length ? next.getAndIncrement() : Integer.MAX_VALUE;
        if (at >= stages.length) {
            missed.incrementAndGet();
            return;
        }
        stages[at] = stage;
        frames[at] = frame;
        starts[at] = start;
        ends[at] = Math.max(start, end);
        threads[at] = (short) me();
    }

    /** The number of this thread, by a look through a short list, since a map would box. */
    private int me() {
        Thread current = Thread.currentThread();
        int count = knownCount;
        for (int i = 0; i < count; i++) {
            if (known[i] == current) {
                return i;
            }
        }
        return meet(current);
    }

    private synchronized int meet(Thread thread) {
        int at = knownCount;
        if (at == MOST_THREADS) {
            return MOST_THREADS - 1;
        }
        known[at] = thread;
        names[at] = thread.getName();
        knownCount = at + 1;
        return at;
    }

    /** Spans that are there. */
    public int size() {
        return Math.min(next.get(), stages.length);
    }

    /** Spans that found no room. */
    public int missed() {
        return missed.get();
    }

    /** The span at a place 0..size−1, in the order in which they ended. */
    public Span span(int at) {
        return new Span(stages[at], frames[at], starts[at], ends[at], threads[at]);
    }

    /** Names of the threads that added, by their numbers. */
    public String[] threads() {
        String[] all = new String[knownCount];
        System.arraycopy(names, 0, all, 0, all.length);
        return all;
    }
}
