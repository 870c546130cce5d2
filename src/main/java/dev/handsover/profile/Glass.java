package dev.handsover.profile;

import com.google.gson.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/**
 * What somebody saw who read the numbers and moments that {@code pattern:clock} burns into its frames: how old each was, and which
 * were lost, came twice or came in the wrong order. It trusts nobody's marks. One thread uses it.
 */
public final class Glass {
    private static final long LONGEST_MICROS = 600_000_000L;
    private static final long WRAP = 1 << 24;

    private final Histogram ages = new Histogram(LONGEST_MICROS, 3);
    private long seen;
    private long lost;
    private long twice;
    private long backwards;
    private long unreadable;
    private long highest = -1;

    /**
     * A frame that could be read.
     *
     * @param number of the frame, modulo 2²⁴
     * @param ageMicros how old its moment was when it was seen; negative when its clock is not ours
     */
    public void see(long number, long ageMicros) {
        seen++;
        long ahead = highest < 0 ? 1 : Math.floorMod(number - highest, WRAP);
        if (ahead == 0) {
            twice++;
            return;
        }
        if (ahead > WRAP / 2) {
            backwards++;
            return;
        }
        lost += ahead - 1;
        highest = number;
        if (ageMicros >= 0) {
            ages.recordValue(Math.min(ageMicros, LONGEST_MICROS));
        }
    }

    /** A frame without a code that can be read. */
    public void blind() {
        unreadable++;
    }

    /** Frames with a code, those that came twice among them. */
    public long seen() {
        return seen;
    }

    /** Numbers that never came. */
    public long lost() {
        return lost;
    }

    /** Frames that came again. */
    public long twice() {
        return twice;
    }

    /** Frames that came after a later one. */
    public long backwards() {
        return backwards;
    }

    public long unreadable() {
        return unreadable;
    }

    /** Frames whose age is known. */
    public long aged() {
        return ages.getTotalCount();
    }

    /** Age of a frame at its first sight, ms, at a percentile 0..100; 0 when none is known. */
    public double millis(double percentile) {
        return aged() == 0 ? 0 : ages.getValueAtPercentile(percentile) / 1e3;
    }

    /** For people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        if (aged() > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "from the code's moment to here, ms: p50 %.1f, p90 %.1f, p95 %.1f, p99 %.1f, max %.1f (%d frames)",
                    millis(50),
                    millis(90),
                    millis(95),
                    millis(99),
                    millis(100),
                    aged()));
        }
        lines.add(seen + " frames seen, " + lost + " lost, " + twice + " came twice, " + backwards
                + " in the wrong order, " + unreadable + " without a code");
        return lines;
    }

    /** For programs. */
    public JsonObject object() {
        JsonObject object = new JsonObject();
        object.addProperty("schema", ProfileJson.VERSION);
        object.addProperty("seen", seen);
        object.addProperty("lost", lost);
        object.addProperty("twice", twice);
        object.addProperty("backwards", backwards);
        object.addProperty("unreadable", unreadable);
        object.addProperty("aged", aged());
        for (int percentile : new int[] {50, 90, 95, 99}) {
            object.addProperty("p" + percentile, millis(percentile));
        }
        object.addProperty("max", millis(100));
        return object;
    }
}
