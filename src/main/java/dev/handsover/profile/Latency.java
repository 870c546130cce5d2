package dev.handsover.profile;

import java.util.EnumMap;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * How long each stage took, one histogram a stage, in nanoseconds to three digits; and, where somebody profiles, every single
 * span in a {@link Trail}. Any thread may mark; nothing is allocated by it. Percentiles may be read while a run goes on. It takes
 * some three megabytes, so runs one after the other share one.
 */
public final class Latency {
    private static final long LONGEST_NANOS = 60_000_000_000L;
    private final Map<Stage, Histogram> histograms = new EnumMap<>(Stage.class);
    private final @Nullable Trail trail;
    private final boolean flight;
    private volatile boolean on = true;

    /** Percentiles alone. */
    public Latency() {
        this(null, false);
    }

    /**
     * @param trail gets every span
     * @param flight tells the Java flight recorder of every span, which allocates
     */
    public Latency(@Nullable Trail trail, boolean flight) {
        this.trail = trail;
        this.flight = flight;
        for (Stage stage : Stage.values()) {
            histograms.put(stage, new Histogram(LONGEST_NANOS, 3));
        }
    }

    /** Measuring can be left off for a while: during a warm-up, or to see what it costs. Any thread. */
    public void on(boolean now) {
        on = now;
    }

    /** Notes a time of no particular frame, from {@code startNanos} of {@link System#nanoTime} until now. */
    public void mark(Stage stage, long startNanos) {
        span(stage, -1, startNanos, System.nanoTime());
    }

    /** Notes a frame's time in a stage, from {@code startNanos} of {@link System#nanoTime} until now. */
    public void mark(Stage stage, long frame, long startNanos) {
        span(stage, frame, startNanos, System.nanoTime());
    }

    /**
     * Notes a frame's time in a stage.
     *
     * @param frame its number at the source; negative for none
     * @param startNanos of {@link System#nanoTime}
     * @param endNanos of the same clock, not before the start
     */
    public void span(Stage stage, long frame, long startNanos, long endNanos) {
        if (!on) {
            return;
        }
        Histogram histogram = of(stage);
        synchronized (histogram) {
            histogram.recordValue(Math.clamp(endNanos - startNanos, 0, LONGEST_NANOS));
        }
        if (trail != null && frame >= 0) {
            trail.add(stage, frame, startNanos, endNanos);
        }
        if (flight) {
            Flight.tell(stage, frame, endNanos - startNanos);
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
