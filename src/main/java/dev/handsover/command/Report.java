package dev.handsover.command;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handsover.Pipeline;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.segment.resident.Ladder;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a run did, as a few lines for people or one JSON object for programs. */
final class Report {
    private static final Gson GSON =
            new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

    private Report() {}

    /** Tells people through the console, or programs by an object on {@code objects} when that is not null. */
    static void tell(Pipeline.Summary summary, Console console, @Nullable PrintStream objects) {
        if (objects != null) {
            objects.println(GSON.toJson(object(summary)));
            return;
        }
        console.note(speed(summary, console.stills()));
        summary.notes().forEach(console::note);
        if (summary.lost() > 0) {
            console.note("Damaged input: " + summary.lost()
                    + (summary.lost() == 1 ? " frame or packet was" : " frames or packets were")
                    + " lost; the rest was processed.");
        }
        if (summary.interrupted()) {
            console.note("Interrupted: the outputs are whole up to here.");
        }
    }

    /** How fast it was; of pictures, and of less than a second, no pace is told, which would be that of the opening. */
    static String speed(Pipeline.Summary summary, boolean stills) {
        double wall = summary.wall().toNanos() / 1e9;
        String what = (stills ? "picture" : "frame") + (summary.frames() == 1 ? "" : "s");
        String line = String.format(Locale.ROOT, "%d %s in %.1f s", summary.frames(), what, wall);
        if (summary.frames() > 1) {
            line += String.format(Locale.ROOT, stills ? ", %.1f a second" : ", %.1f fps", summary.frames() / wall);
        }
        boolean paced = !stills && summary.media().toSeconds() > 0;
        return paced
                ? line
                        + String.format(
                                Locale.ROOT,
                                ", %.1f× real time",
                                summary.media().toNanos() / 1e9 / wall)
                : line;
    }

    static JsonObject object(Pipeline.Summary summary) {
        JsonObject object = new JsonObject();
        double wall = summary.wall().toNanos() / 1e9;
        object.addProperty("frames", summary.frames());
        object.addProperty("mediaSeconds", summary.media().toNanos() / 1e9);
        object.addProperty("wallSeconds", wall);
        object.addProperty("fps", wall > 0 ? summary.frames() / wall : 0);
        object.addProperty("lost", summary.lost());
        object.addProperty("interrupted", summary.interrupted());
        object.addProperty("tier", summary.tier());
        object.add("tiers", tiers(summary.tiers()));
        object.add("outputs", array(summary.outputs()));
        object.add("notes", array(summary.notes()));
        object.add("stages", stages(summary.latency()));
        return object;
    }

    private static JsonArray array(Iterable<String> lines) {
        JsonArray array = new JsonArray();
        lines.forEach(array::add);
        return array;
    }

    /** Each tier by its name, with the sentence by which it was refused, or that it runs. */
    static JsonArray tiers(List<Ladder.Fall> tiers) {
        JsonArray array = new JsonArray();
        for (Ladder.Fall tier : tiers) {
            JsonObject object = new JsonObject();
            object.addProperty("name", tier.tier());
            if (tier.reason().isEmpty()) {
                object.addProperty("runs", true);
            } else {
                object.addProperty("refused", tier.reason());
            }
            array.add(object);
        }
        return array;
    }

    static JsonObject stages(Latency latency) {
        JsonObject stages = new JsonObject();
        for (Stage stage : Stage.values()) {
            if (latency.count(stage) > 0) {
                JsonObject times = new JsonObject();
                times.addProperty("count", latency.count(stage));
                times.addProperty("p50Millis", latency.millis(stage, 50));
                times.addProperty("p95Millis", latency.millis(stage, 95));
                times.addProperty("p99Millis", latency.millis(stage, 99));
                times.addProperty("maxMillis", latency.millis(stage, 100));
                stages.add(stage.label(), times);
            }
        }
        return stages;
    }
}
