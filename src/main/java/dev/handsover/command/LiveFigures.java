package dev.handsover.command;

import dev.handsover.Live;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** How a live run goes, as lines of a name, a tab and a figure: what the key L shows. */
final class LiveFigures {
    /** Letters of a line. */
    private static final int MOST = 72;

    private LiveFigures() {}

    /**
     * @param camera its format
     * @param model the network's name
     * @param unseen pictures that came too fast for the window
     */
    static List<String> lines(Live.Status now, String camera, String model, long unseen) {
        List<String> lines = new ArrayList<>();
        lines.add("camera\t" + camera);
        lines.add(String.format(
                Locale.ROOT,
                "pictures\t%d, %.1f a second",
                now.pictures(),
                now.pictures() * 1e9 / now.time().toNanos()));
        lines.add("lost\t" + lost(now.lost(), unseen));
        lines.add(String.format(
                Locale.ROOT,
                "after the camera\t%.1f ms, 19 of 20 within %.1f",
                now.ageP50Millis(),
                now.ageP95Millis()));
        now.stages().forEach((name, text) -> lines.add(name + "\t" + text));
        lines.add(String.format(Locale.ROOT, "hands\t%.0f %% of the picture", 100 * now.coverage()));
        lines.addAll(parted("runs on", now.tier()));
        lines.add("network\t" + model);
        lines.add("settings\t" + now.step());
        if (now.recording()) {
            lines.add("recording\tR ends it");
        }
        return lines;
    }

    /** A long value in several lines, parted where it pauses; only the first has the name. */
    private static List<String> parted(String name, String value) {
        List<String> lines = new ArrayList<>();
        int from = 0;
        while (value.length() - from > MOST) {
            int comma = Math.max(value.lastIndexOf(", ", from + MOST), value.lastIndexOf("; ", from + MOST));
            if (comma <= from) {
                break;
            }
            lines.add((from == 0 ? name : "") + "\t" + value.substring(from, comma + 1));
            from = comma + 2;
        }
        lines.add((from == 0 ? name : "") + "\t" + value.substring(from));
        return lines;
    }

    private static String lost(Map<String, Long> lost, long unseen) {
        List<String> parts = new ArrayList<>();
        lost.forEach((cause, count) -> {
            if (count > 0) {
                parts.add(count + " " + cause);
            }
        });
        if (unseen > 0) {
            parts.add(unseen + " not shown");
        }
        return parts.isEmpty() ? "none" : String.join(", ", parts);
    }
}
