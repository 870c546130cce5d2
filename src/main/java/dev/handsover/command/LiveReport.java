package dev.handsover.command;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handsover.Live;
import dev.handsover.frame.StreamFormat;
import dev.handsover.profile.Stage;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Tells people at a terminal how a live run goes, on standard error, and what it did in the end. */
final class LiveReport implements Live.Viewer {
    private static final long EVERY_SECONDS = 10;
    private final boolean quiet;
    private long told;

    LiveReport(boolean quiet) {
        this.quiet = quiet;
    }

    @Override
    public void opened(StreamFormat stream, String tier, String outputs) {
        note(String.format(
                Locale.ROOT,
                "%d×%d at %.4g fps → %s",
                stream.picture().width(),
                stream.picture().height(),
                stream.frameRate().value(),
                outputs.isEmpty() ? "the window" : outputs));
        note(tier);
    }

    @Override
    public void status(Live.Status status) {
        if (quiet || status.time().toSeconds() / EVERY_SECONDS == told) {
            return;
        }
        told = status.time().toSeconds() / EVERY_SECONDS;
        System.err.printf(
                Locale.ROOT,
                "%d:%02d  %d pictures, %.0f ms after the camera (19 of 20 within %.0f), %s lost, %s%s%n",
                status.time().toMinutes(),
                status.time().toSecondsPart(),
                status.pictures(),
                status.ageP50Millis(),
                status.ageP95Millis(),
                lost(status.lost()),
                status.step(),
                status.trouble() == null ? "" : " — " + status.trouble());
    }

    private static String lost(Map<String, Long> lost) {
        return String.valueOf(lost.values().stream().mapToLong(Long::longValue).sum());
    }

    @Override
    public void note(String line) {
        if (!quiet) {
            System.err.println(line);
        }
    }

    void tell(Live.Summary summary) {
        note(String.format(
                Locale.ROOT,
                "%d pictures in %.1f s, %d of them cards without hands; %.1f ms after the camera (19 of 20 within %.1f, 99 of 100 within"
                        + " %.1f), %.1f ms of CPU a picture",
                summary.pictures(),
                summary.wall().toNanos() / 1e9,
                summary.cards(),
                summary.latency().millis(Stage.TOTAL, 50),
                summary.latency().millis(Stage.TOTAL, 95),
                summary.latency().millis(Stage.TOTAL, 99),
                cpuMillis(summary)));
        note("Frames lost: " + counts(summary.lost()));
        if (!summary.steps().isEmpty()) {
            note("To keep up: " + counts(summary.steps()));
        }
        summary.faults().forEach((fault, times) -> note(times + " × " + fault));
        summary.notes().forEach(this::note);
    }

    private static double cpuMillis(Live.Summary summary) {
        return summary.cpu().toNanos() / 1e6 / Math.max(1, summary.pictures());
    }

    private static String counts(Map<String, ? extends Number> counts) {
        List<String> parts = counts.entrySet().stream()
                .filter(each -> each.getValue().longValue() > 0)
                .map(each -> each.getValue() + " × " + each.getKey())
                .toList();
        return (parts.isEmpty() ? "none" : String.join(", ", parts)) + ".";
    }

    /** The summary for programs; docs/live.md tells its fields. */
    static JsonObject object(Live.Summary summary) {
        JsonObject object = new JsonObject();
        object.addProperty("pictures", summary.pictures());
        object.addProperty("cards", summary.cards());
        object.addProperty("wallSeconds", summary.wall().toNanos() / 1e9);
        object.addProperty("cpuSeconds", summary.cpu().toNanos() / 1e9);
        object.addProperty("cpuMillisAPicture", cpuMillis(summary));
        object.add("lost", numbers(summary.lost()));
        object.add("steps", numbers(summary.steps()));
        object.add("faults", numbers(summary.faults()));
        object.addProperty("tier", summary.tier());
        object.add("tiers", Report.tiers(summary.tiers()));
        JsonArray outputs = new JsonArray();
        summary.outputs().forEach(outputs::add);
        object.add("outputs", outputs);
        JsonArray notes = new JsonArray();
        summary.notes().forEach(notes::add);
        object.add("notes", notes);
        object.add("stages", Report.stages(summary.latency()));
        return object;
    }

    private static JsonObject numbers(Map<String, ? extends Number> counts) {
        JsonObject object = new JsonObject();
        counts.forEach(object::addProperty);
        return object;
    }
}
