package dev.handsover.capture;

/**
 * The time of a sound card's packets on the computer's clock. A card counts samples by a crystal of its own, and packets come a
 * little late, now more, now less: the times follow the computer's clock slowly, so that sound and pictures stay together over
 * hours and neighbouring packets still fit each other. One thread uses it.
 */
final class SoundClock {
    /** Share of a packet's deviation from the computer's clock that is made up for with each packet. */
    private static final double FOLLOW = 0.01;
    /** And never more of a packet's length than this: more would be heard as another pitch. */
    private static final double BEND = 0.005;
    /** Beyond it sound was lost, and the time jumps. */
    private static final double LOST_SECONDS = 0.1;

    private double next = Double.NaN;

    /**
     * When a packet that has just come begins, ns on the clock of {@code nowNanos}.
     *
     * @param nowNanos when it came: its last sample is of now
     * @param seconds of its samples by the card's count
     */
    long begin(long nowNanos, double seconds) {
        double measured = nowNanos / 1e9 - seconds;
        double off = measured - next;
        double bent = Math.clamp(FOLLOW * off, -BEND * seconds, BEND * seconds);
        double time = Double.isNaN(next) || Math.abs(off) > LOST_SECONDS ? measured : next + bent;
        next = time + seconds;
        return Math.round(time * 1e9);
    }
}
