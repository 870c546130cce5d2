package dev.handsover.capture;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;

/**
 * Breaks off an operation of FFmpeg that outlasts its limit, or that nobody waits for any more. One C function serves all of them
 * for the life of the process; FFmpeg gives back a number by which it finds the watchdog. (JavaCPP's own callbacks come and go
 * with their Java objects, ten of a kind, and were seen to leave a write into freed memory behind.)
 */
final class Watchdog implements AutoCloseable {
    /** Containers open at the same time. */
    private static final int MOST = 4096;

    private static final AtomicReferenceArray<Watchdog> OPEN = new AtomicReferenceArray<>(MOST);
    private static final ConcurrentLinkedQueue<Integer> FREE = new ConcurrentLinkedQueue<>();
    private static final AtomicInteger USED = new AtomicInteger();
    private static final MemorySegment FUNCTION = function();

    private final int number;
    private volatile long deadline = Long.MAX_VALUE;
    private volatile boolean fired;

    Watchdog() {
        Integer free = FREE.poll();
        this.number = free == null ? USED.getAndIncrement() : free;
        if (number >= MOST) {
            throw new IllegalStateException("more than " + MOST + " files are open");
        }
        OPEN.set(number, this);
    }

    private static MemorySegment function() {
        try {
            return Linker.nativeLinker()
                    .upcallStub(
                            MethodHandles.lookup()
                                    .findStatic(Watchdog.class, "ask", MethodType.methodType(int.class, long.class)),
                            FunctionDescriptor.of(JAVA_INT, JAVA_LONG),
                            Arena.global());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether the operation is to be broken off; called by FFmpeg on the thread that waits for it. */
    @SuppressWarnings("UnusedMethod") // found by its name
    private static int ask(long number) {
        Watchdog watchdog = OPEN.get((int) number);
        return watchdog != null && watchdog.late() ? 1 : 0;
    }

    private boolean late() {
        boolean late =
                System.nanoTime() - deadline > 0 || Thread.currentThread().isInterrupted();
        fired |= late;
        return late;
    }

    /** Watches over a context from now on. A pointer and a long are passed alike on all 64-bit systems. */
    void watch(AVIOInterruptCB callback) {
        MemorySegment pair = MemorySegment.ofAddress(callback.address()).reinterpret(16);
        pair.set(JAVA_LONG, 0, FUNCTION.address());
        pair.set(JAVA_LONG, 8, number);
    }

    void allow(Duration limit) {
        fired = false;
        deadline = System.nanoTime() + limit.toNanos();
    }

    /** True when something was broken off since {@link #allow}. */
    boolean fired() {
        return fired;
    }

    /** Once the context is closed. */
    @Override
    public void close() {
        if (OPEN.compareAndSet(number, this, null)) {
            FREE.add(number);
        }
    }
}
