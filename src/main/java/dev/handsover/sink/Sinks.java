package dev.handsover.sink;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Shared;
import dev.handsover.frame.SharedSound;
import dev.handsover.frame.SoundPacket;
import dev.handsover.profile.Latency;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All outputs of a run, each on a thread of its own. An output that fails is left alone while the others go on; its failure
 * is thrown by {@link #finish}. One thread uses this.
 */
public final class Sinks implements AutoCloseable {
    private final List<SinkThread> threads = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private final Latency latency;
    private final BooleanSupplier stopped;
    private boolean ended;
    private long droppedBefore;
    private final Set<SinkThread> told = new HashSet<>();

    private Sinks(Latency latency, BooleanSupplier stopped) {
        this.latency = latency;
        this.stopped = stopped;
    }

    /**
     * Opens every output; throws a usage or output {@code Failure} when one cannot be, with nothing left behind.
     *
     * @param stopped somebody asked for the end: then no reader that stands still is waited for. Any thread
     */
    public static Sinks open(List<Output> outputs, Output.Job job, Latency latency, BooleanSupplier stopped) {
        Sinks sinks = new Sinks(latency, stopped);
        try {
            for (Output output : outputs) {
                sinks.add(output, output.open(job));
            }
        } catch (RuntimeException e) {
            sinks.close();
            throw e;
        }
        return sinks;
    }

    /**
     * Takes the picture over and hands it to every output, waiting for those that are behind; once stopped an output that does
     * not take it in time goes without.
     */
    public void push(Frame picture) throws InterruptedException {
        picture.queued(System.nanoTime());
        pushToAll(picture);
    }

    /** Takes the packet over and hands it to every output, like a picture. */
    public void push(SoundPacket packet) throws InterruptedException {
        pushToAll(new SharedSound(packet));
    }

    private void pushToAll(Shared load) throws InterruptedException {
        try {
            for (SinkThread thread : threads) {
                if (thread.failure() == null) {
                    pushTo(thread, load);
                }
            }
        } finally {
            load.recycle();
        }
    }

    private void pushTo(SinkThread thread, Shared load) throws InterruptedException {
        boolean taken = false;
        load.retain();
        try {
            do {
                taken = thread.push(load, POLL_NANOS);
            } while (!taken && !stopped.getAsBoolean());
        } finally {
            if (!taken) {
                load.recycle();
            }
        }
    }

    /** Takes an open output over: from now on it gets every picture. The handle is for {@link #remove}. */
    public Object add(Output output, Sink sink) {
        SinkThread thread = new SinkThread(sink, threads.size(), latency);
        threads.add(thread);
        names.add(Output.name(output));
        return thread;
    }

    /**
     * Takes the picture over and hands it to every output that has room for it; nobody is waited for. For live runs, where a
     * slow output loses its own pictures alone. One whose pixels are on the graphics device alone goes to none.
     */
    public void offer(Frame picture) throws InterruptedException {
        picture.queued(System.nanoTime());
        try {
            for (SinkThread thread : threads) {
                if (thread.failure() == null && picture.readable()) {
                    picture.retain();
                    if (!thread.offer(picture)) {
                        picture.recycle();
                    }
                }
            }
        } finally {
            picture.recycle();
        }
    }

    /** Pictures that outputs were too slow for. */
    public long dropped() {
        return droppedBefore + threads.stream().mapToLong(SinkThread::dropped).sum();
    }

    /** Ends one output while the others go on; it is completed in the background, and {@code done} hears what failed, or null. */
    public void remove(Object handle, Consumer<@Nullable Throwable> done) {
        if (handle instanceof SinkThread thread && threads.remove(thread)) {
            droppedBefore += thread.dropped();
            thread.end();
            Thread.ofVirtual().start(() -> {
                try {
                    thread.join(stopped);
                    thread.close();
                    done.accept(thread.failure());
                } catch (InterruptedException | RuntimeException e) {
                    done.accept(e);
                }
            });
        }
    }

    /** Whether the output of that handle has failed. */
    public boolean broken(Object handle) {
        return handle instanceof SinkThread thread && thread.failure() != null;
    }

    /** The first failure of an output that was working until now, told once. */
    public @Nullable Throwable newFailure() {
        for (SinkThread thread : threads) {
            Throwable failure = thread.failure();
            if (failure != null && told.add(thread)) {
                return failure;
            }
        }
        return null;
    }

    /** Takes the packet over and hands it to every output; nobody is waited for. A slow output loses its own oldest sound. */
    public void offer(SoundPacket packet) {
        SharedSound shared = new SharedSound(packet);
        for (SinkThread thread : threads) {
            shared.retain();
            thread.offer(shared);
        }
        shared.recycle();
    }

    /** True when nobody takes pictures. */
    public boolean none() {
        return threads.isEmpty();
    }

    /** True when no output is left that works. */
    public boolean failed() {
        for (SinkThread thread : threads) {
            if (thread.failure() == null) {
                return false;
            }
        }
        return true;
    }

    /** Completes every output; throws the first failure after the others are whole. */
    public void finish() throws InterruptedException {
        ended = true;
        threads.forEach(SinkThread::end);
        for (SinkThread thread : threads) {
            thread.join(stopped);
        }
        for (SinkThread thread : threads) {
            Throwable failure = thread.failure();
            if (failure instanceof Failure sentence) {
                throw sentence;
            }
            if (failure != null) {
                throw new IllegalStateException(thread.sink().describe() + " failed", failure);
            }
        }
    }

    /** Whether an output was given up in the middle of a picture. */
    public boolean stuck() {
        return ended && threads.stream().anyMatch(thread -> !thread.done());
    }

    /** What is written, for people. */
    public String describe() {
        return String.join(", ", threads.stream().map(t -> t.sink().describe()).toList());
    }

    /** The outputs' names, as the user wrote them. */
    public List<String> names() {
        return List.copyOf(names);
    }

    /** What a person should know about how it was written. */
    public List<String> notes() {
        return threads.stream().flatMap(t -> t.notes().stream()).toList();
    }

    /** Frees everything; outputs that were not finished are finished, so that what was written can be played. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            threads.forEach(SinkThread::end);
            try {
                for (SinkThread thread : threads) {
                    thread.join(stopped);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        threads.forEach(SinkThread::close);
    }
}
