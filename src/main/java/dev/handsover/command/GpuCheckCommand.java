package dev.handsover.command;

import com.google.gson.JsonObject;
import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.resident.GpuLibraries;
import dev.handsover.segment.resident.Ladder;
import dev.handsover.segment.resident.Providers;
import dev.handsover.segment.resident.ResidentNetwork;
import dev.handsover.segment.resident.Tiers;
import dev.handsover.sink.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code gpu-check}: everything that a machine with a card can tell, in one JSON and one Markdown file (tools/gpu-check). Its
 * sections stand in the report's order.
 */
@Command(
        name = "gpu-check",
        hidden = true,
        description =
                "Runs every tier that works here, compares pictures and times, and writes gpu-check.json and .md.")
final class GpuCheckCommand implements Callable<Integer> {
    /** Pictures of each look; fewer only where fewer frames are asked for at all. */
    private static final int COMPARED = 50;

    @Option(names = "--dir", paramLabel = "FOLDER", defaultValue = ".", description = "Where the two files go.")
    Path folder = Path.of(".");

    @Option(
            names = "--ort-library",
            paramLabel = "FILE",
            description = "A GPU build of ONNX Runtime; else one is looked for.")
    @Nullable Path library;

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "200",
            description = "Frames of each timing, from 2. Default: ${DEFAULT-VALUE}")
    int frames;

    @Option(
            names = "--leak-frames",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Frames of the leak test, from 1. Default: ${DEFAULT-VALUE}")
    int leakFrames;

    @Spec
    CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (frames < 2 || leakFrames < 1) {
            throw Failure.usage("--frames takes a number from 2, --leak-frames one from 1.");
        }
        if (library == null) {
            library = GpuLibraries.runtimes().stream().findFirst().orElse(null);
        }
        GpuReport report = new GpuReport(spec.commandLine().getErr());
        machine(report);
        tiers(report);
        List<GpuWay> working = new ArrayList<>();
        for (GpuWay way : GpuWay.values()) {
            if (way.works(report, library)) {
                working.add(way);
            }
        }
        likeness(report, working);
        GpuTimings timings = new GpuTimings(report, library, frames, working);
        timings.everyWay();
        timings.share();
        GpuWay best = working.getLast();
        GpuCodecs codecs = new GpuCodecs(report, library, frames, best);
        codecs.decoders();
        codecs.encoders();
        new GpuVariants(report, library, frames, working).run();
        boolean card = best.onCard();
        new GpuStreams(report, library, card ? frames : Math.max(12, frames / 10), best)
                .run(card ? List.of(1, 4, 16) : List.of(1, 4));
        leaks(report, best);
        GpuTargets.table(report);
        PrintWriter out = spec.commandLine().getOut();
        out.println(report.write(folder));
        out.flush();
        return 0;
    }

    private void machine(GpuReport report) {
        report.fact("program", "handsover " + Versions.program());
        report.fact("java", Runtime.version().toString());
        report.fact("processor", Runtime.getRuntime().availableProcessors() + " threads");
        report.fact("ONNX Runtime, GPU build", library == null ? "none found" : library.toString());
        List<Path> nvidia = GpuLibraries.nvidia();
        report.fact(
                "NVIDIA's libraries", nvidia.isEmpty() ? "none found" : nvidia.size() + ", e.g. " + nvidia.getFirst());
    }

    private void tiers(GpuReport report) {
        report.table("tiers", "Tiers and providers", "what", "", "");
        ModelCard card = ModelCard.find("hands");
        try {
            for (Providers.Verdict each : Providers.tried(library, card).verdicts()) {
                verdict(report, each.name(), each.works(), each.words());
            }
        } catch (ResidentNetwork.Refusal e) {
            verdict(report, "ONNX Runtime", false, e.sentence());
        }
        for (Ladder.Fall tier : Tiers.told(new Tiers.Wish(Tiers.Device.AUTO, 0, false, library), card)) {
            verdict(report, tier.tier(), tier.reason().startsWith("ready"), tier.reason());
        }
    }

    private static void verdict(GpuReport report, String name, boolean works, String words) {
        JsonObject row = new JsonObject();
        row.addProperty("name", name);
        row.addProperty("works", works);
        row.addProperty("words", words);
        report.row(row, name, works ? "works" : "does not work", words);
    }

    /** Pictures of every way against the processor's, look by look. */
    private void likeness(GpuReport report, List<GpuWay> working) throws InterruptedException {
        int compared = Math.min(COMPARED, frames);
        report.table(
                "likeness",
                "Likeness to the processor's pictures, " + compared + " frames",
                "look",
                "way",
                "largest difference of luma (0..255)",
                "mean");
        for (Look.Background kind : List.of(
                new Look.Background.Color(0x204060), new Look.Background.Blur(25), new Look.Background.Pixelate(24))) {
            List<byte[]> wanted = new ArrayList<>();
            run(GpuWay.CPU, "640x384", compared, kind, picture -> wanted.add(LumaDifference.luma(picture)));
            for (GpuWay way : working.subList(1, working.size())) {
                LumaDifference difference = new LumaDifference(wanted);
                run(way, "640x384", compared, kind, difference);
                JsonObject row = new JsonObject();
                row.addProperty("look", kind.toString());
                row.addProperty("way", way.title());
                row.addProperty("most", difference.most());
                row.addProperty("mean", difference.mean());
                report.row(
                        row,
                        kind.getClass().getSimpleName().toLowerCase(Locale.ROOT),
                        way.title(),
                        difference.most(),
                        difference.mean());
            }
        }
    }

    private void leaks(GpuReport report, GpuWay way) throws InterruptedException, IOException {
        Look.Background black = new Look.Background.Color(0);
        run(way, "320x192", 100, black, _ -> {});
        long before = GpuStreams.resident();
        run(way, "320x192", leakFrames, black, _ -> {});
        report.fact(
                "memory after " + leakFrames + " more frames on " + way.title(),
                (GpuStreams.resident() - before) / 1024 + " KiB more");
    }

    private void run(GpuWay way, String size, int count, Look.Background kind, Consumer<Frame> pictures)
            throws InterruptedException {
        SourceSpec source = SourceSpec.parse("pattern:hands?size=" + size + "&frames=" + count);
        Output output = new Output.Program(pictures);
        Settings settings = way.settings(source, Look.over(kind), output, Output.Encoding.AUTO, library);
        new Pipeline(settings, Console.choose(true)).run();
    }
}
