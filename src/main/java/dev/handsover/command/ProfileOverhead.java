package dev.handsover.command;

import com.sun.management.ThreadMXBean;
import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.frame.Failure;
import dev.handsover.frame.StreamFormat;
import dev.handsover.profile.Comparison;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.profile.Trail;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * {@code profile --overhead}: what measuring costs, by a run that measures and does not in turns, and by marks alone. A turn with
 * and one without that follow each other make a pair, and the median of the pairs' ratios is what counts: whatever else the
 * machine does meanwhile falls on both of a pair, and a pair on which it falls unevenly does not move a median.
 */
final class ProfileOverhead {
    /** Frames with measuring, then as many without. */
    private static final int TURN = 10;
    /** Turns that warm up. */
    private static final int COLD = 4;

    /** Fewer have no interval worth the name. */
    private static final int LEAST_PAIRS = 4;

    private static final int MARKS = 500_000;

    private ProfileOverhead() {}

    /** Pushes frames through and switches the marks on and off. */
    private static final class Turns implements Pipeline.Watcher {
        final Latency latency;
        final Trail trail;
        final List<Double> with = new ArrayList<>();
        final List<Double> without = new ArrayList<>();
        final List<Double> bytesWith = new ArrayList<>();
        final List<Double> bytesWithout = new ArrayList<>();
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private long begun;
        private long bytes;
        private int turn;
        private double intervalMillis;

        Turns(long frames) {
            trail = ProfileRun.trail(frames);
            latency = new Latency(trail, false);
        }

        @Override
        public void opened(StreamFormat stream, String tier, String outputs) {
            intervalMillis = 1e3 / stream.frameRate().value();
        }

        @Override
        public void frame(long count, long timeNanos) {
            if (count % TURN != 0) {
                return;
            }
            long now = System.nanoTime();
            long allocated = threads.getTotalThreadAllocatedBytes();
            boolean marked = on(turn);
            if (turn >= COLD) {
                (marked ? with : without).add((now - begun) / 1e6 / TURN);
                (marked ? bytesWith : bytesWithout).add((double) (allocated - bytes) / TURN);
            }
            turn++;
            latency.on(on(turn));
            bytes = threads.getTotalThreadAllocatedBytes();
            begun = System.nanoTime();
        }

        /** With, without, without, with: a machine that gets slower treats both alike. */
        private static boolean on(int turn) {
            return turn % 4 == 0 || turn % 4 == 3;
        }

        @Override
        public void closed() {}

        @Override
        public void note(String line) {}
    }

    /** Measures the measuring; sentences. */
    static List<String> run(Settings settings, long frames) throws InterruptedException {
        Turns turns = new Turns(frames);
        Pipeline.Summary summary = Interruption.run(new Pipeline(settings, turns, turns.latency));
        int pairs = Math.min(turns.with.size(), turns.without.size());
        if (pairs < LEAST_PAIRS) {
            throw Failure.usage("--overhead needs more frames to take turns; raise --frames to 200, better to 5000.");
        }
        Comparison.Ratio ratio = Comparison.pairs("frame", first(turns.without, pairs), first(turns.with, pairs));
        Comparison.Ratio heap =
                Comparison.pairs("heap", first(turns.bytesWithout, pairs), first(turns.bytesWith, pairs));
        double marksAFrame = 2.0 * turns.trail.size() / Math.max(1, summary.frames());
        long[] alone = marksAlone();
        return List.of(
                String.format(
                        Locale.ROOT,
                        "In turns of %d frames: %.3f ms a frame without, %.3f with; ratio %.4f at the median of %d pairs (95 %%:"
                                + " %.4f to %.4f).",
                        TURN,
                        ratio.firstMillis(),
                        ratio.secondMillis(),
                        ratio.ratio(),
                        pairs,
                        ratio.low(),
                        ratio.high()),
                String.format(
                        Locale.ROOT,
                        "Heap, all threads: %.0f bytes a frame without, %.0f with (medians of the turns).",
                        heap.firstMillis(),
                        heap.secondMillis()),
                String.format(
                        Locale.ROOT,
                        "A mark alone: %d ns, %d bytes of the heap for %d marks; with %.0f marks a frame %.4f %% of the"
                                + " %.1f ms between frames.",
                        alone[0],
                        alone[1],
                        MARKS,
                        marksAFrame,
                        alone[0] * marksAFrame / 1e4 / turns.intervalMillis,
                        turns.intervalMillis));
    }

    private static double[] first(List<Double> values, int count) {
        return values.stream().limit(count).mapToDouble(Double::doubleValue).toArray();
    }

    /** The best time of a mark, ns, and what so many allocated, bytes. */
    static long[] marksAlone() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long best = Long.MAX_VALUE;
        long bytes = Long.MAX_VALUE;
        for (int round = 0; round < 5; round++) {
            Latency latency = new Latency(new Trail(MARKS), false);
            latency.span(Stage.NETWORK, 0, 0, 1);
            long allocated = threads.getCurrentThreadAllocatedBytes();
            long begun = System.nanoTime();
            for (int i = 0; i < MARKS; i++) {
                latency.mark(Stage.NETWORK, i, begun);
            }
            best = Math.min(best, System.nanoTime() - begun);
            bytes = Math.min(bytes, threads.getCurrentThreadAllocatedBytes() - allocated);
        }
        return new long[] {best / MARKS, bytes};
    }
}
