package dev.handsover.sink;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.StreamFormat;
import dev.handsover.profile.Latency;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * All outputs of a run, each on a thread of its own. An output that fails is left alone while the others go on; its failure
 * is thrown by {@link #finish}. One thread uses this.
 */
public final class Sinks implements AutoCloseable {
    private final List<SinkThread> threads = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private static final long POLL_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
    private boolean ended;

    private Sinks() {}

    /**
     * Opens every output; throws a usage or output {@code Failure} when one cannot be, with nothing left behind.
     *
     * @param pictures format of every picture
     * @param gray the pictures are a mask
     */
    public static Sinks open(
            List<Output> outputs,
            PictureFormat pictures,
            StreamFormat stream,
            Output.Encoding encoding,
            boolean gray,
            boolean force,
            Latency latency) {
        Output.Job job = new Output.Job(pictures, stream, encoding, gray, force);
        Sinks sinks = new Sinks();
        try {
            for (Output output : outputs) {
                Sink sink = output.open(job);
                sinks.threads.add(new SinkThread(sink, sinks.threads.size(), latency));
                sinks.names.add(Output.name(output));
            }
        } catch (RuntimeException e) {
            sinks.close();
            throw e;
        }
        return sinks;
    }

    /**
     * Takes the picture over and hands it to every output, waiting for those that are behind; once {@code stopped} an output
     * that does not take it in time goes without.
     */
    public void push(Frame picture, BooleanSupplier stopped) throws InterruptedException {
        try {
            for (SinkThread thread : threads) {
                if (thread.failure() != null) {
                    continue;
                }
                picture.retain();
                boolean taken = false;
                try {
                    while (!taken) {
                        taken = thread.push(picture, POLL_NANOS);
                        if (stopped.getAsBoolean()) {
                            break;
                        }
                    }
                } finally {
                    if (!taken) {
                        picture.recycle();
                    }
                }
            }
        } finally {
            picture.recycle();
        }
    }

    /** Takes the packet over and hands it to every output. */
    public void push(SoundPacket packet) {
        SharedSound shared = new SharedSound(packet, threads.size());
        threads.forEach(thread -> thread.push(shared));
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
            thread.join();
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
        return threads.stream().flatMap(t -> t.sink().notes().stream()).toList();
    }

    /** Frees everything; outputs that were not finished are finished, so that what was written can be played. */
    @Override
    public void close() {
        if (!ended) {
            ended = true;
            threads.forEach(SinkThread::end);
            try {
                for (SinkThread thread : threads) {
                    thread.join();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        threads.forEach(SinkThread::close);
    }
}
