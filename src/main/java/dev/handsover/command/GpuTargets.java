package dev.handsover.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handsover.profile.Stage;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a data-centre card shall reach, beside what this machine's best way gave, out of the report's own rows. */
final class GpuTargets {
    private static final String FULL = "1920x1080";
    /** Stages whose sum is how long the device is busy with a frame that does not come down. */
    private static final List<Stage> BUSY = List.of(
            Stage.DEVICE_UPLOAD, Stage.DEVICE_PREPROCESS, Stage.DEVICE_NETWORK, Stage.DEVICE_MATTE, Stage.DEVICE_LOOK);

    private GpuTargets() {}

    /** Adds the table. Rows of software are marked: they say nothing of a card. */
    static void table(GpuReport report) {
        JsonObject lone = last(report, "share", FULL, false);
        JsonObject down = last(report, "share", FULL, true);
        JsonObject large = last(report, "share", "3840x2160", false);
        JsonObject streams = last(report, "streams", null, false);
        report.table("targets", "What a data-centre card shall reach", "what", "at most", "here", "");
        row(report, lone, "1080p, pictures stay: p50, ms", 2.0, engine(lone, "p50Millis"));
        row(report, lone, "1080p, pictures stay: p99, ms", 4.0, engine(lone, "p99Millis"));
        row(report, lone, "1080p, the device busy, ms", 1.0, busy(lone));
        row(report, down, "1080p, pictures come down: p50, ms", 5.0, engine(down, "p50Millis"));
        row(report, large, "4K, pictures stay: p50, ms", 4.0, engine(large, "p50Millis"));
        row(report, lone, "1080p at 60 frames a second: share of a core", 0.15, number(lone, "shareOfACore"));
        boolean sixteen = streams != null && number(streams, "streams") == 16;
        double each = sixteen ? 1000 / Math.max(1e-9, number(streams, "slowestFramesPerSecond")) : Double.NaN;
        row(report, streams, "the slowest of 16 streams of 720p, ms from frame to frame", 1000 / 30.0, each);
    }

    /** The last row of a table, which is the best way's. */
    private static @Nullable JsonObject last(GpuReport report, String table, @Nullable String size, boolean readBack) {
        JsonObject found = null;
        for (JsonElement each : report.rows(table)) {
            JsonObject row = each.getAsJsonObject();
            boolean same = size == null
                    || row.get("size").getAsString().equals(size)
                            && row.get("readBack").getAsBoolean() == readBack;
            found = same && !row.has("refused") ? row : found;
        }
        return found;
    }

    private static double number(@Nullable JsonObject row, String name) {
        return row == null ? Double.NaN : row.get(name).getAsDouble();
    }

    private static double engine(@Nullable JsonObject row, String figure) {
        return row == null ? Double.NaN : stage(row, Stage.ENGINE, figure);
    }

    private static double stage(JsonObject row, Stage stage, String figure) {
        JsonObject times = row.getAsJsonObject("stages").getAsJsonObject(stage.label());
        return times == null ? Double.NaN : times.get(figure).getAsDouble();
    }

    private static double busy(@Nullable JsonObject row) {
        return row == null
                ? Double.NaN
                : BUSY.stream()
                        .mapToDouble(each -> stage(row, each, "p50Millis"))
                        .sum();
    }

    private static void row(GpuReport report, @Nullable JsonObject from, String what, double most, double here) {
        boolean software = from == null || from.get("software").getAsBoolean();
        JsonObject row = new JsonObject();
        row.addProperty("what", what);
        row.addProperty("atMost", most);
        row.addProperty("software", software);
        if (!Double.isNaN(here)) {
            row.addProperty("here", here);
        }
        String judged = Double.isNaN(here)
                ? "not run"
                : software ? "software: says nothing of a card" : here <= most ? "met" : "missed";
        row.addProperty("judged", judged);
        report.row(row, what, String.format(Locale.ROOT, "%.2f", most), Double.isNaN(here) ? "" : here, judged);
    }
}
