package dev.handsover.capture;

/**
 * The time of a sound card's packets on the computer's clock. A card counts samples by a crystal of its own, and packets come a
 * little late, now more, now less: the times follow the computer's clock slowly, so that sound and pictures stay together over
 * hours and neighbouring packets still fit each other. One thread uses it.
 */
final class SoundClock {
    /** What a packet's time deviates from the computer's clock is made up for within so long. */
    private static final double FOLLOW_SECONDS = 2;
    /** And never more of a packet's length than this: more would be heard as another pitch. */
    private static final double BEND = 0.005;
    /** Sound that stays further off for {@link #SURE_SECONDS} was lost before; what is only late comes after each other at once. */
    private static final double LOST_SECONDS = 0.1;

    private static final double SURE_SECONDS = 0.5;

    private double next = Double.NaN;
    /** Since the first packet, or the last jump. */
    private double heard;
    /** Packets that came one after the other and were further off than {@link #LOST_SECONDS}. */
    private double astray;

    private double leastAstray;

    /**
     * When a packet that has just come begins, ns on the clock of {@code nowNanos}.
     *
     * @param nowNanos when it came: its last sample is of now
     * @param seconds of its samples by the card's count
     */
    long begin(long nowNanos, double seconds) {
        double measured = nowNanos / 1e9 - seconds;
        double off = measured - next;
        if (Double.isNaN(next)) {
            off = 0;
            next = measured;
        } else if (lost(off, seconds)) {
            next += leastAstray;
            off -= leastAstray;
            heard = 0;
            astray = 0;
        }
        heard += seconds;
        // the mean of the first packets is better than the first one alone
        boolean settled = heard > FOLLOW_SECONDS || astray > 0;
        double share = seconds / Math.min(heard, FOLLOW_SECONDS);
        double time = next + (settled ? Math.clamp(share * off, -BEND * seconds, BEND * seconds) : share * off);
        next = time + seconds;
        return Math.round(time * 1e9);
    }

    private boolean lost(double off, double seconds) {
        if (Math.abs(off) <= LOST_SECONDS) {
            astray = 0;
            return false;
        }
        leastAstray = astray == 0 || Math.abs(off) < Math.abs(leastAstray) ? off : leastAstray;
        astray += seconds;
        return astray > SURE_SECONDS;
    }
}
