package dev.handsover.engine;

import dev.handsover.segment.resident.ResidentNetwork;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A network between two pieces of host memory on a thread of its own, so that one that does not answer holds nobody up. One run
 * at a time; the engine's thread asks and awaits. Allocates nothing a run.
 */
final class NetworkThread implements AutoCloseable {
    private final ResidentNetwork network;
    private final Semaphore asked = new Semaphore(0);
    private final Semaphore done = new Semaphore(0);
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable Throwable failure;
    private volatile long endNanos;

    /** @param network stays the caller's, who closes it after this */
    NetworkThread(ResidentNetwork network) {
        this.network = network;
        this.thread = Thread.ofPlatform().daemon().name("network-0").start(this::runAll);
    }

    private void runAll() {
        boolean entered = false;
        while (true) {
            asked.acquireUninterruptibly();
            if (closing) {
                return;
            }
            try {
                if (!entered) {
                    network.enter();
                    entered = true;
                }
                network.run();
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            endNanos = System.nanoTime();
            done.release();
        }
    }

    /** Begins a run; the one before must have been awaited. */
    void start() {
        asked.release();
    }

    /** Waits for the run that was begun; false when it has not ended in time. */
    boolean await(long limitNanos) throws InterruptedException {
        return done.tryAcquire(limitNanos, TimeUnit.NANOSECONDS);
    }

    /** When the run that was awaited ended, on the clock of {@link System#nanoTime}. */
    long endNanos() {
        return endNanos;
    }

    /** What the run that was awaited threw, or null; told once. */
    @Nullable Throwable failure() {
        Throwable thrown = failure;
        failure = null;
        return thrown;
    }

    /** Waits for a run under way, for a minute at most. */
    @Override
    public void close() {
        closing = true;
        asked.release();
        try {
            thread.join(TimeUnit.SECONDS.toMillis(Engine.PATIENCE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
