package dev.handsover;

import dev.handsover.live.Budget;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** How much of the user's settings a live run can afford just now, and which frames it leaves out. The run's thread uses it. */
final class Pace {
    private final Steps steps;
    private final @Nullable Budget budget;
    private final Map<String, Integer> taken = new LinkedHashMap<>();
    private int step;
    private boolean climbed;
    private long seen;
    private long skipped;

    /**
     * @param own the user's settings at the start
     * @param judged false keeps to them whatever it costs
     * @param intervalNanos from frame to frame
     */
    Pace(Settings own, boolean judged, long intervalNanos) {
        this.steps = Steps.of(own);
        this.budget = judged ? new Budget(steps.all().size(), intervalNanos) : null;
    }

    /** Whether the frame that has just come becomes a picture. */
    boolean wantsFrame() {
        boolean wanted = ++seen % steps.pictureEvery(step) == 0;
        skipped += wanted ? 0 : 1;
        return wanted;
    }

    /**
     * Hears of a picture; true when a step was taken, down or up.
     *
     * @param ageNanos from the camera to the picture
     * @param replaced frames so far that were replaced before the engine took them
     */
    boolean observe(long ageNanos, long replaced) {
        int to = budget == null ? step : budget.observe(System.nanoTime(), ageNanos, replaced);
        if (to == step) {
            return false;
        }
        climbed = to < step;
        step = to;
        taken.merge(name(), 1, Integer::sum);
        return true;
    }

    /** What the user wishes, less what the present step gives up. */
    Settings affordable(Settings wish) {
        return steps.at(step, wish);
    }

    /** What was just done, as a sentence. */
    String sentence() {
        return (climbed ? "There is room again: " : "The computer cannot keep up: ") + name() + ".";
    }

    /** The present step, for people. */
    String name() {
        return steps.name(step);
    }

    /** How often each step was taken, in the order of their first times. */
    Map<String, Integer> taken() {
        return Collections.unmodifiableMap(taken);
    }

    /** Frames that were left out to keep up. */
    long skipped() {
        return skipped;
    }
}
