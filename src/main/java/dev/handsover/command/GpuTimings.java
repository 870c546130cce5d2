package dev.handsover.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handsover.Pipeline;
import dev.handsover.capture.SourceSpec;
import dev.handsover.profile.Stage;
import dev.handsover.sink.Output;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The times of one stream in {@code gpu-check}, the device's own, and what the processor still does. All of frames that were painted
 * before.
 *
 * @param frames of each timing
 */
record GpuTimings(GpuReport report, @Nullable Path library, int frames, List<GpuWay> ways) {
    private static final String FULL = "1920x1080";
    private static final String LARGE = "3840x2160";
    private static final List<String> SIZES = List.of("1280x720", FULL, LARGE);
    private static final int FPS = 60;

    private Pipeline.Summary run(GpuWay way, SourceSpec source, GpuClock clock, Output output)
            throws InterruptedException {
        return new Pipeline(way.settings(source, GpuWay.PLAIN, output, Output.Encoding.AUTO, library), clock).run();
    }

    /** Each way at each size, as fast as it goes, and the device's own times where it has any. */
    void everyWay() throws InterruptedException {
        report.table(
                "timings",
                "Times, " + frames + " painted frames, decoding none, writing none",
                "size",
                "way",
                "pictures",
                "frames a second",
                "engine p50, ms",
                "p99",
                "processor, ms a frame",
                "tier");
        JsonObject device = new JsonObject();
        for (String size : SIZES) {
            try (PaintedHands hands = new PaintedHands(size, FPS)) {
                for (GpuWay way : ways) {
                    device.add(size + " " + way.title(), timed(hands, size, way, false));
                    if (way != GpuWay.CPU) {
                        device.add(size + " " + way.title() + ", pictures come down", timed(hands, size, way, true));
                    }
                }
            }
        }
        passes(device);
    }

    /** Returns the stages' times. */
    private JsonElement timed(PaintedHands hands, String size, GpuWay way, boolean down) throws InterruptedException {
        GpuClock clock = new GpuClock(frames);
        Pipeline.Summary summary = run(way, hands.stream(frames, false), clock, output(down));
        JsonObject row = row(size, way, down, summary, clock);
        report.row(
                row,
                size,
                way.named(summary.tier()),
                pixels(way, down),
                clock.rate(),
                summary.latency().millis(Stage.ENGINE, 50),
                summary.latency().millis(Stage.ENGINE, 99),
                clock.processorMillis(),
                summary.tier());
        return row.get("stages");
    }

    /** @param down somebody takes the pixels, and does nothing with them; else nobody wants any */
    private static Output output(boolean down) {
        return down ? new Output.Program(_ -> {}) : new Output.Null();
    }

    private static String pixels(GpuWay way, boolean down) {
        return way == GpuWay.CPU ? "are in memory" : down ? "come down" : "stay";
    }

    private static JsonObject row(String size, GpuWay way, boolean down, Pipeline.Summary summary, GpuClock clock) {
        JsonObject row = new JsonObject();
        row.addProperty("size", size);
        row.addProperty("way", way.title());
        row.addProperty("readBack", down);
        row.addProperty("software", GpuWay.software(summary.tier()));
        row.addProperty("framesPerSecond", clock.rate());
        row.addProperty("processorMillisPerFrame", clock.processorMillis());
        row.addProperty("tier", summary.tier());
        row.add("stages", Report.stages(summary.latency()));
        return row;
    }

    /** What the device says of itself; software says nothing. */
    private void passes(JsonObject stages) {
        report.table("passes", "The device's own times by its own clock", "what", "pass", "p50, ms", "p99, ms");
        boolean any = false;
        for (String run : stages.keySet()) {
            for (Stage stage : Stage.values()) {
                JsonObject times = stages.getAsJsonObject(run).getAsJsonObject(stage.label());
                if (stage.kind() == Stage.Kind.DEVICE && times != null) {
                    any = true;
                    JsonObject row = times.deepCopy();
                    row.addProperty("run", run);
                    row.addProperty("pass", stage.label());
                    report.row(
                            row,
                            run,
                            stage.label(),
                            times.get("p50Millis").getAsDouble(),
                            times.get("p99Millis").getAsDouble());
                }
            }
        }
        if (!any) {
            report.row(
                    new JsonObject(),
                    "none (software)",
                    "OpenGL drawn by the processor has no clock of its own",
                    "",
                    "");
        }
    }

    /** What the processor still does at a camera's pace, and how long a frame takes that no other one keeps waiting. */
    void share() throws InterruptedException {
        report.table(
                "share",
                "At a camera's pace, " + FPS
                        + " frames a second: the processor's share, and a frame that waits for no other",
                "size",
                "way",
                "pictures",
                "frames a second",
                "share of a core",
                "engine p50, ms",
                "p99");
        for (String size : List.of(FULL, LARGE)) {
            try (PaintedHands hands = new PaintedHands(size, FPS)) {
                for (GpuWay way : ways) {
                    // what no software can keep up with would only wait
                    if (size.equals(FULL) || way.onCard()) {
                        paced(hands, size, way, false);
                    }
                    if (size.equals(FULL) && way.onCard()) {
                        paced(hands, size, way, true);
                    }
                }
            }
        }
    }

    private void paced(PaintedHands hands, String size, GpuWay way, boolean down) throws InterruptedException {
        GpuClock clock = new GpuClock(frames);
        Pipeline.Summary summary = run(way, hands.stream(frames, true), clock, output(down));
        JsonObject row = row(size, way, down, summary, clock);
        row.addProperty("shareOfACore", clock.share());
        report.row(
                row,
                size,
                way.named(summary.tier()),
                pixels(way, down),
                clock.rate(),
                clock.share(),
                summary.latency().millis(Stage.ENGINE, 50),
                summary.latency().millis(Stage.ENGINE, 99));
    }
}
