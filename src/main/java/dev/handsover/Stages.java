package dev.handsover;

import dev.handsover.engine.Engine;
import dev.handsover.frame.Failure;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.StreamFormat;
import dev.handsover.profile.Latency;
import dev.handsover.segment.resident.Ladder;
import dev.handsover.sink.Output;
import dev.handsover.sink.Sinks;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * The stages of one run over a file, opened for a source's format and closed in reverse.
 *
 * @param tiers that were looked at for the engine, best first
 */
record Stages(Engine engine, List<Ladder.Fall> tiers, Sinks sinks, Deque<AutoCloseable> opened)
        implements AutoCloseable {
    /** More frames at once than this gain nothing: the encoder is one thread. */
    private static final int MOST_WORKERS = 4;
    /** Pictures that the outputs may hold back beyond the one being drawn; made when needed. */
    private static final int PICTURES = 32;

    /** Opens all; throws a {@code Failure} when one cannot be opened, after closing the others. */
    static Stages open(Settings settings, StreamFormat stream, Latency latency, BooleanSupplier stopped) {
        Deque<AutoCloseable> opened = new ArrayDeque<>();
        try {
            PictureFormat canvas = canvas(settings, stream.picture());
            FramePool pictures = new FramePool(canvas, PICTURES);
            opened.push(pictures);
            int workers = workers(settings, stream);
            int threads = Math.max(1, settings.tuning().threads());
            Ladder<Engine> ladder = Engines.open(
                    settings, stream.picture(), pictures, new Engines.Means(workers, threads, null), latency);
            Engine engine = ladder.standing();
            opened.push(engine);
            boolean gray = settings.look().onlyMask() && !settings.look().colors();
            Output.Job job = new Output.Job(canvas, stream, settings.encoding(), gray, settings.force(), 0);
            Sinks sinks = Sinks.open(settings.outputs(), job, latency, stopped);
            opened.push(sinks);
            return new Stages(engine, ladder.tiers(), sinks, opened);
        } catch (RuntimeException e) {
            closeAll(opened);
            throw e;
        }
    }

    private static int workers(Settings settings, StreamFormat stream) {
        if (stream.frames() == 1) {
            return 1;
        }
        int wanted = settings.tuning().workers();
        return wanted > 0 ? wanted : Math.min(MOST_WORKERS, Runtime.getRuntime().availableProcessors());
    }

    /** The format of the pictures that these settings make of such frames. */
    static PictureFormat canvas(Settings settings, PictureFormat frames) {
        Settings.Size size = settings.size();
        PictureFormat canvas = frames.withAlpha(settings.look().transparent());
        if (size == null) {
            return canvas;
        }
        if ((long) size.width() * size.height() > settings.capture().maxPixels()) {
            throw Failure.usage("--size " + size.width() + "x" + size.height() + " is more than "
                    + settings.capture().maxPixels() + " pixels; raise --max-pixels to write it.");
        }
        return canvas.shownAs(size.width(), size.height());
    }

    /** What an output that was given up may still read stays to the end of the process. */
    @Override
    public void close() {
        opened.remove(sinks);
        try {
            sinks.close();
        } finally {
            if (!sinks.stuck()) {
                closeAll(opened);
            }
        }
    }

    /** Closes all, the last opened first, and throws the first failure afterwards. */
    static void closeAll(Deque<? extends AutoCloseable> opened) {
        RuntimeException first = null;
        while (!opened.isEmpty()) {
            try {
                opened.pop().close();
            } catch (RuntimeException e) {
                first = first == null ? e : first;
            } catch (Exception e) {
                throw new IllegalStateException("a stage throws what its close does not declare", e);
            }
        }
        if (first != null) {
            throw first;
        }
    }
}
