package dev.handsover.sink;

import dev.handsover.frame.Frame;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Owns the thread that writes one sink. Pictures and sound are written in the order in which they were handed over; the
 * giver waits while too many pictures wait here. A sink that fails gets nothing more; what went wrong is kept.
 */
final class SinkThread {
    private static final int MOST_WAITING = 3;
    private static final long PATIENCE_MINUTES = 10;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Object> waiting = new ArrayDeque<>();
    private final Sink sink;
    private final Latency latency;
    private final Thread thread;
    private int pictures;
    private boolean ending;
    private volatile @Nullable Throwable failure;
    private long dropped;

    SinkThread(Sink sink, int number, Latency latency) {
        this.sink = sink;
        this.latency = latency;
        this.thread = Thread.ofPlatform().daemon().name("sink-" + number).start(this::run);
    }

    private void run() {
        try {
            Object next;
            while ((next = take()) != null) {
                write(next);
            }
            if (failure == null) {
                sink.finish();
            }
        } catch (InterruptedException e) {
            // end() gave up waiting
        } catch (RuntimeException | Error e) {
            failure = e;
        }
    }

    private void write(Object next) {
        try {
            if (failure != null) {
                return;
            }
            switch (next) {
                case Frame picture -> {
                    long start = System.nanoTime();
                    latency.span(Stage.OUTBOX, picture.origin(), picture.queuedNanos(), start);
                    sink.write(picture);
                    long end = System.nanoTime();
                    latency.span(Stage.ENCODE, picture.origin(), start, end);
                    if (picture.capturedNanos() != 0) {
                        latency.span(Stage.OUT, picture.origin(), picture.capturedNanos(), end);
                    }
                }
                case SharedSound sound -> sink.sound(sound.packet());
                default -> throw new IllegalStateException("what is " + next + "?");
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            switch (next) {
                case Frame picture -> picture.recycle();
                case SharedSound sound -> sound.release();
                default -> {}
            }
        }
    }

    private @Nullable Object take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !ending) {
                changed.await();
            }
            Object next = waiting.poll();
            if (next instanceof Frame) {
                pictures--;
                changed.signalAll();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the frame over; false, and the frame stays the giver's, when the sink is still behind after that time. */
    boolean push(Frame picture, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        lock.lockInterruptibly();
        try {
            while (pictures >= MOST_WAITING && left > 0) {
                left = changed.awaitNanos(left);
            }
            if (pictures >= MOST_WAITING) {
                return false;
            }
            pictures++;
            waiting.add(picture);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Takes the frame over when the sink has room for it; else the frame stays the giver's, and is counted as dropped. */
    boolean offer(Frame picture) throws InterruptedException {
        boolean taken = push(picture, 0);
        if (!taken) {
            dropped++;
        }
        return taken;
    }

    /** Pictures that the sink was too slow for; of the giver's thread. */
    long dropped() {
        return dropped;
    }

    /** The sink has written, or failed at, all that it was given. */
    boolean done() {
        return !thread.isAlive();
    }

    /** Takes one share of the packet over. */
    void push(SharedSound sound) {
        lock.lock();
        try {
            waiting.add(sound);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Lets the sink write what waits, and finish. */
    void end() {
        lock.lock();
        try {
            ending = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the sink has finished; throws when it does not within minutes. */
    void join() throws InterruptedException {
        if (!thread.join(Duration.ofMinutes(PATIENCE_MINUTES))) {
            thread.interrupt();
            throw new IllegalStateException(sink.describe() + " was not finished in " + PATIENCE_MINUTES + " minutes");
        }
    }

    /** Frees the sink; one whose thread is still at work in it is left to the end of the process. */
    void close() {
        if (!thread.isAlive()) {
            sink.close();
        }
    }

    @Nullable Throwable failure() {
        return failure;
    }

    Sink sink() {
        return sink;
    }
}
