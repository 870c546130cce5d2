package dev.handsover.command;

import dev.handsover.Pipeline;
import dev.handsover.frame.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Ctrl-C and SIGTERM end what runs in order: outputs are finished, passing folders removed, then the program leaves with {@link
 * #EXIT_CODE}.
 */
final class Interruption {
    static final int EXIT_CODE = 130;
    /** A file of many hours is closed in seconds; after this the program leaves anyway. */
    private static final long PATIENCE_SECONDS = 20;

    /** Guards all that is static here. */
    private static final Object LOCK = new Object();

    private static final List<Interruption> RUNNING = new ArrayList<>();
    private static final List<PassingFolder> PASSING = new ArrayList<>();
    private static boolean leaving;

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(Interruption::leave, "interruption"));
    }

    private final Work<?> work;
    private final CountDownLatch ended = new CountDownLatch(1);

    private Interruption(Work<?> work) {
        this.work = work;
    }

    /** What can be stopped from another thread. */
    interface Work<T> {
        T run() throws InterruptedException;

        /** Any thread; {@link #run} then ends soon, with whole outputs. */
        void stop();

        /** What was done until {@link #run} failed; null where there is nothing to tell. */
        default @Nullable T done() {
            return null;
        }

        static Work<Pipeline.Summary> of(Pipeline pipeline) {
            return new Work<>() {
                @Override
                public Pipeline.Summary run() throws InterruptedException {
                    return pipeline.run();
                }

                @Override
                public void stop() {
                    pipeline.stop();
                }

                @Override
                public Pipeline.@Nullable Summary done() {
                    Pipeline.Summary summary = pipeline.summary();
                    return summary == null || summary.frames() == 0 ? null : summary;
                }
            };
        }
    }

    /** Runs the pipeline such that a signal stops it and waits for its end. */
    static Pipeline.Summary run(Pipeline pipeline) throws InterruptedException {
        return run(Work.of(pipeline), summary -> {});
    }

    /** Runs the work such that a signal stops it, and waits for its end and for what is told of it. */
    static <T> T run(Work<T> work, Consumer<T> tell) throws InterruptedException {
        return run(work, tell, _ -> {});
    }

    /** @param tellFailed hears what was done before it failed, where that is anything */
    static <T> T run(Work<T> work, Consumer<T> tell, Consumer<T> tellFailed) throws InterruptedException {
        Interruption guard = new Interruption(work);
        synchronized (LOCK) {
            RUNNING.add(guard);
        }
        if (leaving()) {
            awaitTheEnd();
        }
        try {
            T summary = work.run();
            tell.accept(summary);
            return summary;
        } catch (Failure e) {
            T done = work.done();
            if (done != null) {
                tellFailed.accept(done);
            }
            if (leaving()) {
                // nobody else will say it: the program leaves from the hook
                System.err.println(e.sentence());
            }
            throw e;
        } finally {
            guard.ended.countDown();
            synchronized (LOCK) {
                RUNNING.remove(guard);
            }
            if (leaving()) {
                awaitTheEnd();
            }
        }
    }

    /** The virtual machine is going down: the hook waits for what runs and leaves with its code. */
    private static void awaitTheEnd() throws InterruptedException {
        Thread.sleep(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
    }

    private static boolean leaving() {
        synchronized (LOCK) {
            return leaving;
        }
    }

    /** The folder is removed when a signal ends the program. */
    static void remember(PassingFolder folder) {
        synchronized (LOCK) {
            PASSING.add(folder);
        }
    }

    static void forget(PassingFolder folder) {
        synchronized (LOCK) {
            PASSING.remove(folder);
        }
    }

    /** Runs when the virtual machine goes down, whatever the cause; where nothing is at work there is nothing to do. */
    private static void leave() {
        List<Interruption> asked;
        synchronized (LOCK) {
            leaving = true;
            asked = List.copyOf(RUNNING);
        }
        asked.forEach(each -> each.work.stop());
        try {
            for (Interruption each : asked) {
                if (!each.ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                    System.err.println("The outputs could not be finished in time.");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        List<PassingFolder> left;
        synchronized (LOCK) {
            left = List.copyOf(PASSING);
        }
        left.forEach(PassingFolder::close);
        if (!asked.isEmpty()) {
            System.err.flush();
            System.out.flush();
            Runtime.getRuntime().halt(EXIT_CODE);
        }
    }
}
