package dev.handsover.composite;

import java.util.Arrays;
import org.HdrHistogram.Histogram;

/** How long pictures took to the screen: all of them as histograms, the last ones for a curve. Any thread may read. */
final class ShownTimes {
    static final int LAST = 120;
    private static final long LONGEST_NANOS = 60_000_000_000L;

    private final Histogram present = new Histogram(LONGEST_NANOS, 3);
    private final Histogram age = new Histogram(LONGEST_NANOS, 3);
    private final float[] ages = new float[LAST];
    private final float[] sorted = new float[LAST];
    private int next;
    private int known;

    /**
     * Notes a picture that is on the screen since {@code now}.
     *
     * @param taken when the window took it
     * @param captured when the camera took it; 0 when no camera did
     */
    synchronized void shown(long taken, long captured, long now) {
        present.recordValue(Math.clamp(now - taken, 0, LONGEST_NANOS));
        if (captured != 0) {
            long nanos = Math.clamp(now - captured, 0, LONGEST_NANOS);
            age.recordValue(nanos);
            ages[next] = nanos / 1e6f;
            next = (next + 1) % LAST;
            known = Math.min(LAST, known + 1);
        }
    }

    /** Milliseconds from taking a picture to having it on the screen, at a percentile; 0 when none was shown. */
    synchronized double presentMillis(double percentile) {
        return present.getTotalCount() == 0 ? 0 : present.getValueAtPercentile(percentile) / 1e6;
    }

    /** Milliseconds from camera to screen at a percentile; 0 when none was measured. */
    synchronized double ageMillis(double percentile) {
        return age.getTotalCount() == 0 ? 0 : age.getValueAtPercentile(percentile) / 1e6;
    }

    /** The same of the last pictures alone; 0 when there are none. */
    synchronized float recentMillis(double percentile) {
        if (known == 0) {
            return 0;
        }
        System.arraycopy(ages, 0, sorted, 0, LAST);
        Arrays.sort(sorted, 0, known);
        return sorted[(int) Math.min(known - 1, Math.floor(known * percentile / 100))];
    }

    /** The ages of the last pictures, ms, the newest at the end, 0 before the first. */
    synchronized void recent(float[] into) {
        System.arraycopy(ages, next, into, 0, LAST - next);
        System.arraycopy(ages, 0, into, LAST - next, next);
    }

    synchronized boolean measured() {
        return known > 0;
    }
}
