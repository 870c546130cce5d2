package dev.handsover.composite;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** What this process asks of OpenGL: objects alive, and calls that tests hold to account. */
final class GlCount {
    private static final AtomicInteger ALIVE = new AtomicInteger();
    private static final AtomicLong PASSES = new AtomicLong();
    private static final AtomicLong FENCES = new AtomicLong();
    private static final AtomicLong WAITS = new AtomicLong();
    private static final AtomicLong QUERIES = new AtomicLong();
    private static final AtomicLong BYTES_UP = new AtomicLong();
    private static final AtomicLong BYTES_BACK = new AtomicLong();
    private static final AtomicLong PIXELS_BACK = new AtomicLong();

    /**
     * @param passes draws, dispatches and clears
     * @param fences set
     * @param waits for fences
     * @param bytesUp from host memory to the device's
     * @param bytesBack from the device's memory to the host's
     * @param pixelsBack those of them that are pictures
     */
    record Calls(long passes, long fences, long waits, long bytesUp, long bytesBack, long pixelsBack) {
        Calls since(Calls before) {
            return new Calls(
                    passes - before.passes,
                    fences - before.fences,
                    waits - before.waits,
                    bytesUp - before.bytesUp,
                    bytesBack - before.bytesBack,
                    pixelsBack - before.pixelsBack);
        }
    }

    private GlCount() {}

    static void made() {
        ALIVE.incrementAndGet();
    }

    static void freed() {
        ALIVE.decrementAndGet();
    }

    static void pass() {
        PASSES.incrementAndGet();
    }

    static void fence() {
        FENCES.incrementAndGet();
    }

    static void waited() {
        WAITS.incrementAndGet();
    }

    static void query() {
        QUERIES.incrementAndGet();
    }

    /** Times that the device was asked for since the process began. */
    static long queries() {
        return QUERIES.get();
    }

    static void up(long bytes) {
        BYTES_UP.addAndGet(bytes);
    }

    static void back(long bytes) {
        BYTES_BACK.addAndGet(bytes);
    }

    /** A picture's bytes, which are in {@link #back} too. */
    static void pixels(long bytes) {
        PIXELS_BACK.addAndGet(bytes);
    }

    static int alive() {
        return ALIVE.get();
    }

    /** All since the process began. */
    static Calls calls() {
        return new Calls(PASSES.get(), FENCES.get(), WAITS.get(), BYTES_UP.get(), BYTES_BACK.get(), PIXELS_BACK.get());
    }
}
