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

/** {@code profile --overhead}: what measuring costs, by a run that measures and does not in turns, and by marks alone. */
final class ProfileOverhead {
    /** Frames with measuring, then as many without. */
    private static final int TURN = 10;
    /** Turns that warm up. */
    private static final int COLD = 4;

    private static final int MARKS = 500_000;

    private ProfileOverhead() {}

    /** Pushes frames through and switches the marks on and off. */
    private static final class Turns implements Pipeline.Watcher {
        final Latency latency;
        final Trail trail;
        final List<Double> with = new ArrayList<>();
        final List<Double> without = new ArrayList<>();
        private long begun;
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
            boolean marked = on(turn);
            if (turn >= COLD) {
                (marked ? with : without).add((now - begun) / 1e6 / TURN);
            }
            turn++;
            latency.on(on(turn));
            begun = now;
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
        if (turns.with.size() < 2 || turns.without.size() < 2) {
            throw Failure.usage("--overhead needs more frames to take turns; raise --frames to 200.");
        }
        Comparison.Ratio ratio = Comparison.ratio(
                "frame",
                turns.without.stream().mapToDouble(Double::doubleValue).toArray(),
                turns.with.stream().mapToDouble(Double::doubleValue).toArray());
        double marksAFrame = 2.0 * turns.trail.size() / Math.max(1, summary.frames());
        long[] alone = marksAlone();
        return List.of(
                String.format(
                        Locale.ROOT,
                        "In turns of %d frames: %.3f ms a frame without, %.3f with; ratio %.3f (95 %%: %.3f to %.3f).",
                        TURN,
                        ratio.firstMillis(),
                        ratio.secondMillis(),
                        ratio.ratio(),
                        ratio.low(),
                        ratio.high()),
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
