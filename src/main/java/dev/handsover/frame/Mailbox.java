package dev.handsover.frame;

import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Hands frames from one producer to one consumer. Live: it keeps the newest frame alone and counts those that it replaced.
 * Lossless: the producer waits while it is full.
 */
public final class Mailbox implements AutoCloseable {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Frame> frames;
    private final int capacity;
    private final boolean live;
    private boolean ended;
    private boolean closed;
    private long replaced;
    private @Nullable Throwable failure;

    private Mailbox(boolean live, int capacity) {
        this.live = live;
        this.capacity = capacity;
        this.frames = new ArrayDeque<>(capacity);
    }

    /** Newest wins. */
    public static Mailbox live() {
        return new Mailbox(true, 1);
    }

    /** Every frame arrives, in order; at most {@code capacity} wait. */
    public static Mailbox lossless(int capacity) {
        return new Mailbox(false, capacity);
    }

    /** Takes the frame over; false when the consumer has left (the frame is recycled then). */
    public boolean put(Frame frame) throws InterruptedException {
        Frame old = null;
        boolean taken;
        lock.lockInterruptibly();
        try {
            while (!live && frames.size() >= capacity && !closed) {
                changed.await();
            }
            taken = !closed;
            if (taken) {
                if (frames.size() >= capacity) {
                    old = frames.poll();
                    replaced++;
                }
                frame.queued(System.nanoTime());
                frames.add(frame);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
        if (old != null) {
            old.recycle();
        }
        if (!taken) {
            frame.recycle();
        }
        return taken;
    }

    /** The next frame, or null when none came in time or none will come any more ({@link #ended}). */
    public @Nullable Frame take(long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        lock.lockInterruptibly();
        try {
            while (frames.isEmpty() && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            Frame frame = frames.poll();
            if (frame != null) {
                changed.signalAll();
            }
            return frame;
        } finally {
            lock.unlock();
        }
    }

    /** The producer has nothing more; {@code cause} says that it failed. */
    public void end(@Nullable Throwable cause) {
        lock.lock();
        try {
            if (!ended) {
                ended = true;
                failure = cause;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** True when the producer has ended and the last frame was taken. */
    public boolean ended() {
        lock.lock();
        try {
            return ended && frames.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** What ended the producer early, or null. */
    public @Nullable Throwable failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    /** Frames that were replaced before anybody took them. */
    public long replaced() {
        lock.lock();
        try {
            return replaced;
        } finally {
            lock.unlock();
        }
    }

    /** The consumer leaves: waiting frames are recycled and a waiting producer is let go. */
    @Override
    public void close() {
        ArrayDeque<Frame> rest;
        lock.lock();
        try {
            closed = true;
            rest = new ArrayDeque<>(frames);
            frames.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        rest.forEach(Frame::recycle);
    }

    /** Waits until the producer has ended, for at most this long. */
    public boolean awaitEnd(long timeout, TimeUnit unit) throws InterruptedException {
        long left = unit.toNanos(timeout);
        lock.lockInterruptibly();
        try {
            while (!ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return ended;
        } finally {
            lock.unlock();
        }
    }
}
