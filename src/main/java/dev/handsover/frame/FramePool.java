package dev.handsover.frame;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * At most so many frames of one format, each made when all before it are out. Rows start at multiples of 64 bytes, and 64
 * bytes beyond the last row may be read and written, so that kernels need no careful last vector. {@link #take} and recycling
 * are thread-safe.
 */
public final class FramePool implements AutoCloseable {
    private static final int ALIGN = 64;
    private static final long PATIENCE_SECONDS = 60;
    private final Arena arena = Arena.ofShared();
    private final PictureFormat format;
    private final ArrayBlockingQueue<Frame> free;
    private final int capacity;
    private final AtomicInteger made = new AtomicInteger();

    public FramePool(PictureFormat format, int capacity) {
        this.format = format;
        this.capacity = capacity;
        this.free = new ArrayBlockingQueue<>(capacity);
    }

    private Frame allocate() {
        Frame frame = new Frame(format, free::add);
        for (int plane = 0; plane < format.planes(); plane++) {
            int stride = (format.planeWidth(plane) + ALIGN - 1) / ALIGN * ALIGN;
            MemorySegment memory = arena.allocate((long) stride * format.planeHeight(plane) + ALIGN, ALIGN);
            frame.place(plane, memory.address(), stride);
        }
        return frame;
    }

    public PictureFormat format() {
        return format;
    }

    /** A frame with one holder and undefined pixels; waits for one to come back when all are out. */
    public Frame take() throws InterruptedException {
        Frame frame = free.poll();
        if (frame == null && made.getAndUpdate(n -> Math.min(capacity, n + 1)) < capacity) {
            frame = allocate();
        }
        if (frame == null) {
            frame = free.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        if (frame == null) {
            throw new IllegalStateException("no frame of " + capacity + " came back in " + PATIENCE_SECONDS + " s");
        }
        return frame.handOut(0, 0, 0);
    }

    /** How many frames are with somebody. */
    public int out() {
        return made.get() - free.size();
    }

    /** Frees the memory: no frame may be used after this. */
    @Override
    public void close() {
        arena.close();
    }
}
