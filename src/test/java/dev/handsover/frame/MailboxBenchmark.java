package dev.handsover.frame;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Handing a frame from one thread to another and its pool slot back: the mailbox, and two queues of the JDK that were
 * candidates. They keep order, but neither replaces the oldest by the newest nor tells of an end.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Benchmark)
public class MailboxBenchmark {
    private static final int AHEAD = 4;
    private static final long SOON = TimeUnit.MILLISECONDS.toNanos(200);

    /** A consumer that takes and recycles until it is stopped. */
    private interface Taking {
        boolean one() throws InterruptedException;
    }

    private final FramePool pool = new FramePool(PictureFormat.i420(64, 64, ColorSpec.JPEG), AHEAD + 4);
    private final Mailbox mailbox = Mailbox.lossless(AHEAD);
    private final ArrayBlockingQueue<Frame> bounded = new ArrayBlockingQueue<>(AHEAD);
    private final SynchronousQueue<Frame> direct = new SynchronousQueue<>();
    private volatile boolean stopped;
    private Thread[] takers = {};

    private Thread taker(Taking taking) {
        return Thread.ofPlatform().daemon().start(() -> {
            try {
                while (!stopped) {
                    taking.one();
                }
            } catch (InterruptedException e) {
                // the benchmark ends
            }
        });
    }

    private static boolean recycled(@Nullable Frame frame) {
        if (frame != null) {
            frame.recycle();
        }
        return frame != null;
    }

    @Setup(Level.Trial)
    public void open() {
        takers = new Thread[] {
            taker(() -> recycled(mailbox.take(SOON))),
            taker(() -> recycled(bounded.poll(SOON, TimeUnit.NANOSECONDS))),
            taker(() -> recycled(direct.poll(SOON, TimeUnit.NANOSECONDS)))
        };
    }

    @Benchmark
    public void mailbox() throws InterruptedException {
        mailbox.put(pool.take());
    }

    @Benchmark
    public void arrayBlockingQueue() throws InterruptedException {
        bounded.put(pool.take());
    }

    @Benchmark
    public void synchronousQueue() throws InterruptedException {
        direct.put(pool.take());
    }

    @TearDown(Level.Trial)
    public void close() throws InterruptedException {
        stopped = true;
        for (Thread taker : takers) {
            taker.join();
        }
        pool.close();
    }
}
