package dev.handsover.profile;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;

/** A profile as one JSON object; docs/profile.md tells its fields. */
public final class ProfileJson {
    /** Of the schema; it changes when a field's meaning does. */
    public static final int VERSION = 1;

    private ProfileJson() {}

    /** The whole object as text. */
    public static String text(Profile profile) {
        return new GsonBuilder()
                .disableHtmlEscaping()
                .setPrettyPrinting()
                .create()
                .toJson(object(profile));
    }

    static JsonObject object(Profile profile) {
        Profile.About about = profile.about();
        JsonObject object = new JsonObject();
        object.addProperty("schema", VERSION);
        object.add("machine", machine(about.machine()));
        object.add("versions", array(about.versions()));
        object.add("settings", texts(about.settings()));
        object.addProperty("tier", about.tier());
        object.addProperty("intervalMillis", about.intervalNanos() / 1e6);
        object.addProperty("paced", about.paced());
        object.addProperty("frames", profile.ways().size());
        object.addProperty("fps", profile.fps());
        WarmUp cut = profile.warmUp();
        JsonObject warm = new JsonObject();
        warm.addProperty("frames", cut.frames());
        warm.addProperty("settled", cut.settled());
        warm.addProperty("firstMillis", cut.firstMillis());
        warm.addProperty("steadyMillis", cut.steadyMillis());
        object.add("warmUp", warm);
        JsonObject stages = new JsonObject();
        profile.stages().forEach(row -> stages.add(row.stage().label(), stage(row, about)));
        object.add("stages", stages);
        object.add("lost", numbers(profile.drops()));
        object.addProperty("lostAfterWarmUp", profile.dropped().size());
        object.add("usage", usage(profile));
        object.addProperty("spansMissed", profile.missed());
        return object;
    }

    private static JsonObject machine(Machine machine) {
        JsonObject object = new JsonObject();
        object.addProperty("processor", machine.processor());
        object.addProperty("processors", machine.processors());
        object.addProperty("memoryBytes", machine.memoryBytes());
        object.addProperty("system", machine.system());
        object.addProperty("java", machine.java());
        return object;
    }

    private static JsonObject stage(Profile.Row row, Profile.About about) {
        JsonObject object = new JsonObject();
        object.addProperty("kind", row.stage().kind().name().toLowerCase(java.util.Locale.ROOT));
        figures(object, row.corrected());
        object.addProperty("count", row.count());
        if (about.paced() && Profile.correctable(row.stage())) {
            JsonObject raw = new JsonObject();
            figures(raw, row.times());
            object.add("uncorrected", raw);
        }
        JsonArray blocks = new JsonArray();
        row.blocks().forEach(nanos -> blocks.add(nanos / 1e6));
        object.add("blockMedians", blocks);
        return object;
    }

    private static void figures(JsonObject object, Histogram times) {
        object.addProperty("p50", times.getValueAtPercentile(50) / 1e6);
        object.addProperty("p90", times.getValueAtPercentile(90) / 1e6);
        object.addProperty("p95", times.getValueAtPercentile(95) / 1e6);
        object.addProperty("p99", times.getValueAtPercentile(99) / 1e6);
        object.addProperty("max", times.getMaxValue() / 1e6);
        object.addProperty("mean", times.getMean() / 1e6);
    }

    private static JsonObject usage(Profile profile) {
        Usage usage = profile.usage();
        JsonObject object = new JsonObject();
        object.addProperty("seconds", usage.seconds());
        JsonObject cpu = new JsonObject();
        usage.cpuNanos().forEach((thread, nanos) -> cpu.addProperty(thread, nanos / 1e6));
        object.add("cpuMillisByThread", cpu);
        object.add("heapBytesByThread", numbers(usage.allocatedBytes()));
        object.addProperty(
                "heapBytesAFrame",
                profile.pipelineBytes() / Math.max(1, profile.ways().size()));
        JsonObject busy = new JsonObject();
        usage.busy()
                .forEach((thread, share) ->
                        busy.addProperty(profile.raw().threads().get(thread), share));
        object.add("busyByThread", busy);
        object.addProperty("peakResidentBytes", usage.peakResidentBytes());
        object.addProperty("collections", usage.collections());
        object.addProperty("pauses", usage.pauses());
        object.addProperty("pausedMillis", usage.pausedNanos() / 1e6);
        object.addProperty("longestPauseMillis", usage.longestPauseNanos() / 1e6);
        return object;
    }

    private static JsonArray array(List<String> lines) {
        JsonArray array = new JsonArray();
        lines.forEach(array::add);
        return array;
    }

    private static JsonObject texts(Map<String, String> values) {
        JsonObject object = new JsonObject();
        values.forEach(object::addProperty);
        return object;
    }

    private static JsonObject numbers(Map<String, Long> values) {
        JsonObject object = new JsonObject();
        values.forEach(object::addProperty);
        return object;
    }
}
