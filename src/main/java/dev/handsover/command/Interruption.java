package dev.handsover.command;

import dev.handsover.Pipeline;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Ctrl-C and SIGTERM end a run in order: outputs are finished, then the program leaves with {@link #EXIT_CODE}. */
final class Interruption {
    static final int EXIT_CODE = 130;
    /** A file of many hours is closed in seconds; after this the program leaves anyway. */
    private static final long PATIENCE_SECONDS = 20;

    private static final AtomicInteger RUNNING = new AtomicInteger();

    private Interruption() {}

    /** Runs the pipeline such that a signal stops it and waits for its end. */
    static Pipeline.Summary run(Pipeline pipeline) throws InterruptedException {
        CountDownLatch ended = new CountDownLatch(1);
        Thread hook = new Thread(
                () -> {
                    pipeline.stop();
                    try {
                        if (!ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                            System.err.println("The outputs could not be finished in time.");
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                    System.err.flush();
                    Runtime.getRuntime().halt(EXIT_CODE);
                },
                "interruption-" + RUNNING.incrementAndGet());
        Runtime.getRuntime().addShutdownHook(hook);
        try {
            return pipeline.run();
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
}
