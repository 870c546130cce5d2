package dev.handsover.live;

/**
 * Decides how far a live run must step down to keep up, and when it may climb back. Pictures whose 95th percentile of age (from
 * the camera to the finished picture) exceeds the frame interval, or frames that are replaced unseen, ask for one step down; an
 * age well within the interval, for long enough, for one step up. After a step it waits until the old ages are gone. A climb that
 * had to be taken back doubles the time until the next try, so that it never swings to and fro. One thread uses it.
 */
public final class Budget {
    /** Ages that a decision needs: two seconds at 30 frames a second. */
    private static final int WINDOW = 60;
    /** So many are enough where more do not come in the time that a decision waits for. */
    private static final int FEW = 8;

    private static final long SECOND = 1_000_000_000L;
    private static final long SETTLE = 2 * SECOND;
    private static final long LONGEST_WAIT = 4 * SECOND;
    private static final long FIRST_CALM = 8 * SECOND;
    private static final long LONGEST_CALM = 120 * SECOND;
    /** A climb that fails within this time was wrong. */
    private static final long PROBATION = 15 * SECOND;

    private static final double TOO_MANY_LOST = 0.1;
    /** Of the interval: below it there is room for the next step's cost. */
    private static final double ROOM = 0.6;

    private final Recent ages = new Recent(WINDOW);
    private final int steps;
    private final long intervalNanos;
    private int step;
    private long changedAt;
    private long calmSince = Long.MIN_VALUE;
    private long calmNeeded = FIRST_CALM;
    private long climbedAt = Long.MIN_VALUE;
    private long lostAt;
    private long lostThen;

    /**
     * @param steps how many steps there are below the user's own settings
     * @param intervalNanos from frame to frame
     */
    public Budget(int steps, long intervalNanos) {
        this.steps = steps;
        this.intervalNanos = intervalNanos;
    }

    /**
     * Hears of one picture.
     *
     * @param now of {@link System#nanoTime}
     * @param ageNanos from the camera to the finished picture
     * @param lost frames so far that were replaced before the engine took them
     * @return the step to be on: 0 is as the user set it
     */
    public int observe(long now, long ageNanos, long lost) {
        ages.add(ageNanos);
        if (changedAt == 0) {
            changedAt = now;
            lostThen = lost;
        }
        if (now - changedAt < SETTLE) {
            ages.clear();
            lostThen = lost;
            lostAt = now;
            return step;
        }
        int needed = now - changedAt < LONGEST_WAIT ? WINDOW : FEW;
        if (ages.count() < needed) {
            return step;
        }
        decide(now, lost);
        return step;
    }

    private void decide(long now, long lost) {
        long p95 = ages.percentile(0.95);
        double expected = Math.max(1, (double) (now - lostAt) / intervalNanos);
        boolean losing = expected >= WINDOW / 2.0 && (lost - lostThen) / expected > TOO_MANY_LOST;
        if (p95 > intervalNanos || losing) {
            calmSince = Long.MIN_VALUE;
            if (step < steps) {
                if (now - climbedAt < PROBATION && climbedAt != Long.MIN_VALUE) {
                    calmNeeded = Math.min(LONGEST_CALM, calmNeeded * 2);
                }
                change(step + 1, now);
            }
        } else if (p95 < ROOM * intervalNanos && step > 0) {
            calmSince = calmSince == Long.MIN_VALUE ? now : calmSince;
            if (now - calmSince >= calmNeeded) {
                climbedAt = now;
                change(step - 1, now);
            }
        } else {
            calmSince = Long.MIN_VALUE;
        }
        if (expected >= WINDOW) {
            lostAt = now;
            lostThen = lost;
        }
    }

    private void change(int to, long now) {
        step = to;
        changedAt = now;
        calmSince = Long.MIN_VALUE;
        ages.clear();
    }

    public int step() {
        return step;
    }

    /** The 95th percentile of the recent ages, ns. */
    public long p95Nanos() {
        return ages.percentile(0.95);
    }
}
