package dev.handsover.sink;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Shared;
import dev.handsover.frame.SharedSound;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Owns the thread that writes one sink. Pictures and sound are written in the order in which they were handed over, and of both
 * only so much waits here. A giver who must lose nothing waits for room ({@link #push}); a live one gives up the picture, or the
 * oldest sound ({@link #offer}). A sink that fails gets nothing more; what went wrong is kept.
 */
final class SinkThread {
    private static final int MOST_WAITING = 3;
    /** Packets; ten seconds of a track of AAC. */
    static final int MOST_SOUND = 512;

    private static final long PATIENCE_MINUTES = 10;
    /** A reader that takes nothing for so long is not waited for when the end was asked for. */
    private static final long READER_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** No output at all is waited for longer when the end was asked for; a file of many hours is finished in seconds. */
    private static final long STOPPED_NANOS = TimeUnit.SECONDS.toNanos(15);

    private static final Duration POLL = Duration.ofMillis(50);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<Shared> waiting = new ArrayDeque<>();
    private final Sink sink;
    private final Latency latency;
    private final Thread thread;
    private int pictures;
    private int sounds;
    private boolean ending;
    private volatile @Nullable Throwable failure;
    private long dropped;
    private long droppedSound;

    SinkThread(Sink sink, int number, Latency latency) {
        this.sink = sink;
        this.latency = latency;
        this.thread = Thread.ofPlatform().daemon().name("sink-" + number).start(this::run);
    }

    private void run() {
        try {
            Shared next;
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

    private void write(Shared next) {
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
            }
        } catch (RuntimeException | Error e) {
            failure = e;
        } finally {
            next.recycle();
        }
    }

    private @Nullable Shared take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (waiting.isEmpty() && !ending) {
                changed.await();
            }
            Shared next = waiting.poll();
            if (next != null) {
                count(next, -1);
            }
            changed.signalAll();
            return next;
        } finally {
            lock.unlock();
        }
    }

    private boolean full(Shared load) {
        return switch (load) {
            case Frame _ -> pictures >= MOST_WAITING;
            case SharedSound _ -> sounds >= MOST_SOUND;
        };
    }

    private void count(Shared load, int more) {
        switch (load) {
            case Frame _ -> pictures += more;
            case SharedSound _ -> sounds += more;
        }
    }

    private void add(Shared load) {
        count(load, 1);
        waiting.add(load);
        changed.signalAll();
    }

    /** Takes one hold over; false, and it stays the giver's, when the sink is still behind after that time. */
    boolean push(Shared load, long timeoutNanos) throws InterruptedException {
        long left = timeoutNanos;
        lock.lockInterruptibly();
        try {
            while (full(load) && left > 0) {
                left = changed.awaitNanos(left);
            }
            boolean room = !full(load);
            if (room) {
                add(load);
            }
            return room;
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

    /** Takes one hold of the packet over; the oldest that waits gives way when there is no room. */
    void offer(SharedSound sound) {
        lock.lock();
        try {
            if (full(sound)) {
                dropOldestSound();
            }
            add(sound);
        } finally {
            lock.unlock();
        }
    }

    private void dropOldestSound() {
        for (Iterator<Shared> each = waiting.iterator(); each.hasNext(); ) {
            if (each.next() instanceof SharedSound oldest) {
                each.remove();
                count(oldest, -1);
                oldest.recycle();
                droppedSound++;
                return;
            }
        }
    }

    /** What a person should know about how it was written; of the giver's thread. */
    List<String> notes() {
        if (droppedSound == 0) {
            return sink.notes();
        }
        List<String> all = new ArrayList<>(sink.notes());
        all.add(sink.describe() + " was too slow for " + droppedSound + " packets of sound; they were left out.");
        return all;
    }

    /** Pictures that the sink was too slow for; of the giver's thread. */
    long dropped() {
        return dropped;
    }

    /** The sink has written, or failed at, all that it was given. */
    boolean done() {
        return !thread.isAlive();
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

    /**
     * Waits until the sink has finished; throws when it does not within minutes. One whose reader stands still is given up soon
     * after somebody asked for the end, and any after some more seconds.
     */
    void join(BooleanSupplier stopped) throws InterruptedException {
        long begun = System.nanoTime();
        while (!thread.join(POLL)) {
            long now = System.nanoTime();
            long since = sink.waitingSince();
            if (since != 0 && now - since > READER_NANOS && stopped.getAsBoolean()) {
                failure =
                        Failure.output(sink.describe() + " was left unfinished, since its reader takes nothing more.");
                thread.interrupt();
                return;
            }
            if (now - begun > STOPPED_NANOS && stopped.getAsBoolean()) {
                failure = Failure.output(sink.describe() + " was left unfinished, since it took longer than "
                        + TimeUnit.NANOSECONDS.toSeconds(STOPPED_NANOS) + " s.");
                thread.interrupt();
                return;
            }
            if (now - begun > TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES)) {
                thread.interrupt();
                throw new IllegalStateException(
                        sink.describe() + " was not finished in " + PATIENCE_MINUTES + " minutes");
            }
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
