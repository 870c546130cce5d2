package dev.handsover.live;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What went wrong in a live run and passed, and whether a mask can be trusted. One thread uses it. */
public final class Faults {
    /** A network that calls more than this share of the picture hand has lost its way. */
    private static final double ALL = 0.9;
    /** So many good masks in a row are needed before one is believed again. */
    private static final int CONVINCED = 5;

    private static final int MOST_KINDS = 64;

    private final Map<String, Integer> counts = new LinkedHashMap<>();
    private @Nullable String now;
    private int doubts;

    /** Something is wrong; true when it was not already. */
    public boolean begin(String sentence) {
        if (sentence.equals(now)) {
            return false;
        }
        now = sentence;
        if (counts.size() < MOST_KINDS || counts.containsKey(sentence)) {
            counts.merge(sentence, 1, Integer::sum);
        }
        return true;
    }

    /** All is well again. */
    public void end() {
        now = null;
    }

    /** What is wrong now, or null. */
    public @Nullable String now() {
        return now;
    }

    /**
     * Whether a mask that covers this share of the picture may be shown.
     *
     * @param inverted the user keeps everything but the hands, so that covering nothing is the danger
     */
    public boolean trusts(double coverage, boolean inverted) {
        if (!inverted && coverage > ALL) {
            doubts = CONVINCED;
            return false;
        }
        return --doubts < 0;
    }

    /** How often each fault began. */
    public Map<String, Integer> counts() {
        return Map.copyOf(counts);
    }
}
