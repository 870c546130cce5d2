package dev.handsover.live;

/**
 * Decides how far a live run must step down to keep up, and when it may climb back. Pictures whose 95th percentile of age (from
 * the camera to the finished picture) exceeds the frame interval, or frames that are replaced unseen, ask for one step down; an
 * age well within the interval, for long enough, for one step up, and so does one that is just within it for four times as long,
 * since only a try can tell. After a step it waits until the old ages are gone. A climb that had to be taken back doubles the
 * time until the next try, so that it never swings to and fro; one that held takes the doubling back. One thread uses it.
 */
public final class Budget {
    /** Ages that a decision needs: two seconds at 30 frames a second. */
    private static final int WINDOW = 60;
    /** So many are enough where more do not come in the time that a decision waits for. */
    private static final int FEW = 8;

    /** So many old pictures of a few are chance: the machine did something else for a moment. */
    private static final int SPIKES = 2;

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
    /** Of the interval: below it the next step may have room after all. */
    private static final double NEARLY = 0.9;

    private static final int PATIENCE = 4;

    private final Recent ages = new Recent(WINDOW);
    private final int steps;
    private final long intervalNanos;
    private int step;
    private long changedAt;
    /** Since when there is room, and since when there is nearly room; MIN_VALUE when there is none. */
    private long calmSince = Long.MIN_VALUE;

    private long fairSince = Long.MIN_VALUE;
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
        long p95 = ages.percentile(0.95, SPIKES);
        double expected = Math.max(1, (double) (now - lostAt) / intervalNanos);
        boolean losing = expected >= WINDOW / 2.0 && (lost - lostThen) / expected > TOO_MANY_LOST;
        if (p95 > intervalNanos || losing) {
            calmSince = Long.MIN_VALUE;
            fairSince = Long.MIN_VALUE;
            stepDown(now);
        } else {
            calmSince = p95 < ROOM * intervalNanos ? since(calmSince, now) : Long.MIN_VALUE;
            fairSince = p95 < NEARLY * intervalNanos ? since(fairSince, now) : Long.MIN_VALUE;
            if (lasts(calmSince, now, calmNeeded) || lasts(fairSince, now, PATIENCE * calmNeeded)) {
                stepUp(now);
            }
        }
        if (expected >= WINDOW) {
            lostAt = now;
            lostThen = lost;
        }
    }

    private static long since(long before, long now) {
        return before == Long.MIN_VALUE ? now : before;
    }

    private static boolean lasts(long since, long now, long needed) {
        return since != Long.MIN_VALUE && now - since >= needed;
    }

    private void stepDown(long now) {
        if (step == steps) {
            return;
        }
        boolean wrong = climbedAt != Long.MIN_VALUE && now - climbedAt < PROBATION;
        calmNeeded = wrong ? Math.min(LONGEST_CALM, calmNeeded * 2) : calmNeeded;
        climbedAt = Long.MIN_VALUE;
        change(step + 1, now);
    }

    private void stepUp(long now) {
        if (step == 0) {
            return;
        }
        boolean held = climbedAt != Long.MIN_VALUE && now - climbedAt >= PROBATION;
        calmNeeded = held ? FIRST_CALM : calmNeeded;
        climbedAt = now;
        change(step - 1, now);
    }

    private void change(int to, long now) {
        step = to;
        changedAt = now;
        calmSince = Long.MIN_VALUE;
        fairSince = Long.MIN_VALUE;
        ages.clear();
    }

    public int step() {
        return step;
    }
}
