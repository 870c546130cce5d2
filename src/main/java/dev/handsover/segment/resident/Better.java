package dev.handsover.segment.resident;

import dev.handsover.segment.resident.ResidentNetwork.Refusal;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A better network that is built while another one already runs: TensorRT takes minutes for its first engine. Built on a
 * thread of its own, taken over by the run's thread; the old one is closed on the builder's thread, which may wait for it.
 */
final class Better implements AutoCloseable {
    /** One is built at a time: a second builder of the same engine finds it in the cache when its turn comes. */
    private static final ReentrantLock TURN = new ReentrantLock();

    private final AtomicReference<@Nullable CudaNetwork> ready = new AtomicReference<>();
    private final Queue<CudaNetwork> retired = new ArrayDeque<>();
    private final LongSupplier clock;
    private final @Nullable Thread builder;
    private final long begun;
    private volatile String outcome = "";
    private volatile boolean done;
    private boolean closing;
    private boolean building;

    /** Opens and proves the better network, on the builder's thread. */
    interface Build {
        CudaNetwork open() throws Refusal;
    }

    private Better(@Nullable Build build, LongSupplier clock) {
        this.clock = clock;
        this.begun = clock.getAsLong();
        this.done = build == null;
        this.builder = build == null
                ? null
                : Thread.ofPlatform().daemon().name("network-builder").start(() -> work(build));
    }

    /** There is no better one. */
    static Better none() {
        return new Better(null, System::nanoTime);
    }

    static Better building(Build build) {
        return new Better(build, System::nanoTime);
    }

    private void work(Build build) {
        try {
            TURN.lockInterruptibly();
            try {
                if (begin()) {
                    ready.set(build.open());
                }
            } finally {
                TURN.unlock();
            }
        } catch (Refusal e) {
            outcome = "no TensorRT: " + e.sentence();
        } catch (RuntimeException e) {
            outcome = "no TensorRT: " + e.getMessage();
        } catch (InterruptedException e) {
            // closed while another one is built
        }
        done = true;
        try {
            CudaNetwork old = nextRetired();
            while (old != null) {
                old.close();
                old = nextRetired();
            }
        } catch (InterruptedException e) {
            // the end
        }
    }

    /** Nobody waits for what has not begun. */
    private synchronized boolean begin() {
        building = !closing;
        return building;
    }

    private synchronized @Nullable CudaNetwork nextRetired() throws InterruptedException {
        while (retired.isEmpty() && !closing) {
            wait();
        }
        return retired.poll();
    }

    /** The better network, once, when it is ready. Does not wait. */
    @Nullable CudaNetwork take() {
        return done ? ready.getAndSet(null) : null;
    }

    /** Closes a network that is no longer used, on the builder's thread. */
    synchronized void retire(CudaNetwork old) {
        retired.add(old);
        notifyAll();
    }

    /** What is going on, for people; empty when there is nothing to say. */
    String describe() {
        return done ? outcome : "TensorRT is being built for " + (clock.getAsLong() - begun) / 1_000_000_000 + " s";
    }

    /** Waits for the builder once it has begun: a build cannot be broken off. */
    @Override
    public void close() {
        synchronized (this) {
            closing = true;
            if (builder != null && !building) {
                builder.interrupt();
            }
            notifyAll();
        }
        boolean interrupted = false;
        while (builder != null && builder.isAlive()) {
            try {
                builder.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        CudaNetwork unused = ready.getAndSet(null);
        if (unused != null) {
            unused.close();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
