package dev.handsover;

import dev.handsover.composite.WindowShare;
import dev.handsover.engine.Engine;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.profile.Latency;
import dev.handsover.segment.resident.Ladder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The engine of a live run, and the next one: opened in the background while the present one works, taken over between two
 * frames, so that a change of look or network makes no gap. Finished pictures live in pools that outlast every engine.
 */
final class EngineExchange implements AutoCloseable {
    /** Pictures that outputs and window may hold back; made when needed. */
    private static final int PICTURES = 48;

    private static final long CLOSE_SECONDS = 5;

    private final PictureFormat frames;
    private final Engines.Means means;
    private final Latency latency;
    private final Map<PictureFormat, FramePool> pools = new HashMap<>();
    private final AtomicReference<@Nullable Settings> wanted = new AtomicReference<>();
    private final AtomicReference<@Nullable Present> ready = new AtomicReference<>();
    private final AtomicReference<@Nullable String> news = new AtomicReference<>();
    private final ExecutorService opener = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().daemon().name("engine-opener").factory());
    private volatile boolean opening;
    private Present present;

    private record Present(Ladder<Engine> ladder, Settings settings) {
        Engine engine() {
            return ladder.standing();
        }
    }

    /**
     * Opens the first engine on this thread; throws a {@code Failure} when it cannot be.
     *
     * @param window that may draw from the engines' pictures, or null
     */
    EngineExchange(Settings first, PictureFormat frames, @Nullable WindowShare window, Latency latency) {
        this.frames = frames;
        this.latency = latency;
        int asked = first.tuning().threads();
        // one frame at a time, as fast as can be: there is no other frame for a second worker
        int threads = asked > 0 ? asked : Math.min(4, Runtime.getRuntime().availableProcessors());
        this.means = new Engines.Means(1, threads, window);
        this.present = open(first);
    }

    private Present open(Settings settings) {
        PictureFormat canvas = Stages.canvas(settings, frames);
        return new Present(Engines.open(settings, frames, pool(canvas), means, latency), settings);
    }

    private synchronized FramePool pool(PictureFormat canvas) {
        return pools.computeIfAbsent(canvas, format -> new FramePool(format, PICTURES));
    }

    /** The engine in use. The run's thread. */
    Engine engine() {
        return present.engine();
    }

    /** What was tried before it, and itself. The run's thread. */
    List<Ladder.Fall> tiers() {
        return present.ladder().tiers();
    }

    /** What it was opened with. The run's thread. */
    Settings settings() {
        return present.settings();
    }

    /** Asks for an engine of these settings; of several wishes in a row the last counts. Any thread. */
    void want(Settings settings) {
        wanted.set(settings);
        try {
            opener.execute(this::openWanted);
        } catch (RejectedExecutionException e) {
            // the run is ending
        }
    }

    private void openWanted() {
        opening = true;
        Settings settings = wanted.getAndSet(null);
        if (settings == null) {
            opening = false;
            return;
        }
        try {
            Present opened = open(settings);
            opened.engine().leave();
            Present late = ready.getAndSet(opened);
            if (late != null) {
                late.engine().close();
            }
        } catch (Failure e) {
            news.set(e.sentence());
        } catch (RuntimeException | LinkageError e) {
            news.set("The change failed: " + e.getMessage() + ".");
        } finally {
            opening = false;
        }
    }

    /** Whether another engine is wished for, being opened, or waits to be taken over. Any thread. */
    boolean busy() {
        return wanted.get() != null || opening || ready.get() != null;
    }

    /** Takes the next engine over when it is ready. The run's thread, with no frame under way. */
    void exchange() {
        Present next = ready.getAndSet(null);
        if (next == null) {
            return;
        }
        if (!timeless(next).equals(timeless(present))) {
            news.set(next.engine().tier());
        }
        Engine old = present.engine();
        present = next;
        old.leave();
        opener.execute(old::close);
    }

    /** How long the network took when it was proven is no news, nor how large its input is just now. */
    private static String timeless(Present of) {
        return of.engine().tier().replaceAll("[0-9.]+ ms|[0-9]+×[0-9]+", "");
    }

    /** A dark picture, for when not even the background can be drawn. The run's thread. */
    Frame dark() throws InterruptedException {
        Frame picture = pool(present.engine().canvas()).take();
        picture.fill(24, 128, 128, 255);
        return picture;
    }

    /** Why the last wish could not be met, while the engine in use stays, or that another tier runs; told once, else null. */
    @Nullable String news() {
        return news.getAndSet(null);
    }

    /** Pictures that are still with somebody after a moment keep their memory to the end of the process. */
    @Override
    public void close() {
        opener.shutdown();
        try {
            if (!opener.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
                opener.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Present late = ready.getAndSet(null);
        if (late != null) {
            late.engine().close();
        }
        present.engine().close();
        synchronized (this) {
            pools.values().forEach(EngineExchange::close);
        }
    }

    private static void close(FramePool pool) {
        long limit = System.nanoTime() + TimeUnit.SECONDS.toNanos(1);
        while (pool.out() > 0 && System.nanoTime() < limit) {
            LockSupport.parkNanos(1_000_000);
        }
        if (pool.out() == 0) {
            pool.close();
        }
    }
}
