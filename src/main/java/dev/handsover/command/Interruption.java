package dev.handsover.command;

import dev.handsover.Pipeline;
import dev.handsover.frame.Failure;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Ctrl-C and SIGTERM end a run in order: outputs are finished, then the program leaves with {@link #EXIT_CODE}. */
final class Interruption {
    static final int EXIT_CODE = 130;
    /** A file of many hours is closed in seconds; after this the program leaves anyway. */
    private static final long PATIENCE_SECONDS = 20;

    private static final AtomicInteger RUNNING = new AtomicInteger();

    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean asked;

    private Interruption() {}

    /** What can be stopped from another thread. */
    interface Work<T> {
        T run() throws InterruptedException;

        /** Any thread; {@link #run} then ends soon, with whole outputs. */
        void stop();

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
            };
        }
    }

    /** Runs the pipeline such that a signal stops it and waits for its end. */
    static Pipeline.Summary run(Pipeline pipeline) throws InterruptedException {
        return run(Work.of(pipeline), summary -> {});
    }

    /** Runs the work such that a signal stops it, and waits for its end and for what is told of it. */
    static <T> T run(Work<T> work, Consumer<T> tell) throws InterruptedException {
        return new Interruption().guard(work, tell);
    }

    private <T> T guard(Work<T> work, Consumer<T> tell) throws InterruptedException {
        Thread hook = new Thread(() -> stop(work), "interruption-" + RUNNING.incrementAndGet());
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            T summary = work.run();
            tell.accept(summary);
            return summary;
        } catch (Failure e) {
            if (asked) {
                // nobody else will say it: the program leaves from the hook
                System.err.println(e.sentence());
            }
            throw e;
        } finally {
            ended.countDown();
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // the virtual machine is going down: the hook waited for us and now leaves with its code
                Thread.sleep(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            }
        }
    }

    private void stop(Work<?> work) {
        asked = true;
        work.stop();
        try {
            if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("The outputs could not be finished in time.");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        System.err.flush();
        System.out.flush();
        Runtime.getRuntime().halt(EXIT_CODE);
    }
}
