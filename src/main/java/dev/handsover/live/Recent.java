package dev.handsover.live;

import java.util.Arrays;

/** The last so many values, for percentiles of the present rather than of the whole run. One thread uses it. */
public final class Recent {
    private final long[] ring;
    private final long[] sorted;
    private int count;
    private int next;

    public Recent(int size) {
        this.ring = new long[size];
        this.sorted = new long[size];
    }

    public void add(long value) {
        ring[next] = value;
        next = (next + 1) % ring.length;
        count = Math.min(count + 1, ring.length);
    }

    /** How many values there are, at most the size. */
    public int count() {
        return count;
    }

    /** The value that {@code share} 0..1 of them do not exceed (nearest rank); 0 when there are none. */
    public long percentile(double share) {
        return percentile(share, 0);
    }

    /** The same where at least the {@code spikes} greatest do not count: of few values one alone would be the percentile. */
    public long percentile(double share, int spikes) {
        if (count == 0) {
            return 0;
        }
        System.arraycopy(ring, 0, sorted, 0, count);
        Arrays.sort(sorted, 0, count);
        int rank = Math.min((int) Math.ceil(share * count), count - spikes);
        return sorted[Math.max(0, rank - 1)];
    }

    public void clear() {
        count = 0;
        next = 0;
    }
}
