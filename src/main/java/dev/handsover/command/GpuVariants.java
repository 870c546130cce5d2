package dev.handsover.command;

import com.google.gson.JsonObject;
import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.profile.Stage;
import dev.handsover.segment.resident.Tiers;
import dev.handsover.sink.Output;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The same frames with one thing done otherwise: tensors through pinned memory, launches recorded once, the network of 16 bits. Each
 * with its likeness to the processor's pictures.
 *
 * @param frames of each timing
 */
record GpuVariants(GpuReport report, @Nullable Path library, int frames, List<GpuWay> ways) {
    private static final String SIZE = "1920x1080";
    private static final String SMALL = "640x384";
    private static final int COMPARED = 50;

    /**
     * What is done otherwise.
     *
     * @param property that is set meanwhile, which only CUDA heeds; empty for none
     */
    private record Variant(String title, String property, String model) {}

    private static final List<Variant> ALL = List.of(
            new Variant("as it is", "", "hands"),
            new Variant("tensors through pinned memory", Tiers.STAGED, "hands"),
            new Variant("recorded launches (CUDA graphs)", Tiers.GRAPHS, "hands"),
            new Variant("network of 16 bits", "", "hands-fp16"));

    void run() throws InterruptedException {
        GpuWay way = ways.contains(GpuWay.CUDA) ? GpuWay.CUDA : ways.getLast();
        report.table(
                "variants",
                "One thing done otherwise, " + SIZE + ", pictures stay, " + frames + " painted frames",
                "what",
                "way",
                "frames a second",
                "engine p50, ms",
                "p99",
                "largest difference of luma",
                "tier");
        List<byte[]> wanted = new ArrayList<>();
        compare(GpuWay.CPU, ALL.getFirst(), picture -> wanted.add(LumaDifference.luma(picture)));
        try (PaintedHands hands = new PaintedHands(SIZE, 60)) {
            for (Variant each : ALL) {
                if (each.property.isEmpty() || way == GpuWay.CUDA) {
                    with(each, way, hands, new LumaDifference(wanted));
                } else {
                    JsonObject row = row(each, way);
                    row.addProperty("refused", "CUDA does not run here");
                    report.row(row, each.title, way.title(), "CUDA does not run here", "", "", "", "");
                }
            }
        }
    }

    private void with(Variant variant, GpuWay way, PaintedHands hands, LumaDifference difference)
            throws InterruptedException {
        JsonObject row = row(variant, way);
        if (!variant.property.isEmpty()) {
            System.setProperty(variant.property, "true");
        }
        try {
            compare(way, variant, difference);
            GpuClock clock = new GpuClock(frames);
            Pipeline.Summary summary =
                    new Pipeline(settings(way, variant, hands.stream(frames, false), new Output.Null()), clock).run();
            row.addProperty("tier", summary.tier());
            row.addProperty("software", GpuWay.software(summary.tier()));
            row.addProperty("framesPerSecond", clock.rate());
            row.addProperty("most", difference.most());
            row.add("stages", Report.stages(summary.latency()));
            report.row(
                    row,
                    variant.title,
                    way.named(summary.tier()),
                    clock.rate(),
                    summary.latency().millis(Stage.ENGINE, 50),
                    summary.latency().millis(Stage.ENGINE, 99),
                    difference.most(),
                    summary.tier());
        } catch (Failure e) {
            row.addProperty("refused", e.sentence());
            report.row(row, variant.title, way.title(), e.sentence(), "", "", "", "");
        } finally {
            if (!variant.property.isEmpty()) {
                System.clearProperty(variant.property);
            }
        }
    }

    private static JsonObject row(Variant variant, GpuWay way) {
        JsonObject row = new JsonObject();
        row.addProperty("variant", variant.title);
        row.addProperty("way", way.title());
        return row;
    }

    private void compare(GpuWay way, Variant variant, Consumer<Frame> pictures) throws InterruptedException {
        SourceSpec source = SourceSpec.parse("pattern:hands?size=" + SMALL + "&frames=" + Math.min(COMPARED, frames));
        Settings settings = settings(way, variant, source, new Output.Program(pictures));
        new Pipeline(settings, Console.choose(true)).run();
    }

    private Settings settings(GpuWay way, Variant variant, SourceSpec source, Output output) {
        Settings all = way.settings(
                source, Look.over(new Look.Background.Color(0x204060)), output, Output.Encoding.AUTO, library);
        return all.with(new Settings.ModelChoice(variant.model, List.of(), 0), all.tuning());
    }
}
