package dev.handsover.profile;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;

/**
 * How long each stage took, one histogram a stage, in nanoseconds to three digits. Each stage is recorded by one thread at a
 * time; reading is for after the run.
 */
public final class Latency {
    private static final long LONGEST_NANOS = 60_000_000_000L;
    private final Map<Stage, Histogram> histograms = new EnumMap<>(Stage.class);
    private volatile boolean on = true;

    public Latency() {
        for (Stage stage : Stage.values()) {
            histograms.put(stage, new Histogram(LONGEST_NANOS, 3));
        }
    }

    /** Measuring can be left off for a while: during a warm-up. Any thread. */
    public void on(boolean now) {
        on = now;
    }

    /** Notes one frame's time in a stage, from {@code startNanos} of {@link System#nanoTime} until now. */
    public void mark(Stage stage, long startNanos) {
        if (!on) {
            return;
        }
        Histogram histogram = of(stage);
        synchronized (histogram) {
            histogram.recordValue(Math.clamp(System.nanoTime() - startNanos, 0, LONGEST_NANOS));
        }
    }

    /** Adds what another run recorded. */
    public void add(Latency other) {
        for (Stage stage : Stage.values()) {
            Histogram mine = of(stage);
            Histogram theirs = other.of(stage);
            synchronized (mine) {
                mine.add(theirs);
            }
        }
    }

    /** Milliseconds at a percentile 0..100; 0 when nothing was recorded. */
    public double millis(Stage stage, double percentile) {
        Histogram histogram = of(stage);
        synchronized (histogram) {
            return histogram.getTotalCount() == 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1e6;
        }
    }

    /** Frames recorded in a stage. */
    public long count(Stage stage) {
        Histogram histogram = of(stage);
        synchronized (histogram) {
            return histogram.getTotalCount();
        }
    }

    private Histogram of(Stage stage) {
        Histogram histogram = histograms.get(stage);
        if (histogram == null) {
            throw new IllegalStateException("no histogram of " + stage);
        }
        return histogram;
    }
}
