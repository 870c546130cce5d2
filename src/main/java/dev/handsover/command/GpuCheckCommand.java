package dev.handsover.command;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.handsover.Pipeline;
import dev.handsover.Settings;
import dev.handsover.capture.Fit;
import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.matte.MatteSettings;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.resident.GpuLibraries;
import dev.handsover.segment.resident.Ladder;
import dev.handsover.segment.resident.Providers;
import dev.handsover.segment.resident.ResidentNetwork;
import dev.handsover.segment.resident.Tiers;
import dev.handsover.sink.Output;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
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
    private static final int COMPARED = 50;

    /** One way to run everything, and how its rows are named. */
    private enum Way {
        CPU("cpu", Settings.CompositorChoice.CPU),
        GL("auto", Settings.CompositorChoice.RESIDENT),
        CUDA("cuda", Settings.CompositorChoice.AUTO),
        TENSORRT("tensorrt", Settings.CompositorChoice.AUTO);

        final String device;
        final Settings.CompositorChoice compositor;

        String title() {
            return this == GL ? "gl+cpu" : device;
        }

        Way(String device, Settings.CompositorChoice compositor) {
            this.device = device;
            this.compositor = compositor;
        }
    }

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
            description = "Frames of each timing, from 1. Default: ${DEFAULT-VALUE}")
    int frames;

    @Option(
            names = "--leak-frames",
            paramLabel = "N",
            defaultValue = "10000",
            description = "Frames of the leak test, from 1. Default: ${DEFAULT-VALUE}")
    int leakFrames;

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final JsonObject report = new JsonObject();
    private final List<String> lines = new ArrayList<>();

    @Override
    public Integer call() throws InterruptedException, IOException {
        if (library == null) {
            library = GpuLibraries.runtimes().stream().findFirst().orElse(null);
        }
        machine();
        tiers();
        List<Way> working = new ArrayList<>();
        for (Way way : Way.values()) {
            if (works(way)) {
                working.add(way);
            }
        }
        likeness(working);
        timings(working);
        leaks(working.getLast());
        Files.createDirectories(folder);
        String json = new GsonBuilder()
                .disableHtmlEscaping()
                .setPrettyPrinting()
                .create()
                .toJson(report);
        Files.writeString(folder.resolve("gpu-check.json"), json + "\n");
        Files.writeString(folder.resolve("gpu-check.md"), String.join("\n", lines) + "\n");
        PrintWriter out = spec.commandLine().getOut();
        out.println(folder.resolve("gpu-check.md"));
        out.flush();
        return 0;
    }

    private void machine() {
        lines.add("# What this machine does");
        lines.add("");
        fact("program", "handsover " + Versions.program());
        fact("java", Runtime.version().toString());
        fact("processor", Runtime.getRuntime().availableProcessors() + " threads");
        fact("ONNX Runtime, GPU build", library == null ? "none found" : library.toString());
        List<Path> nvidia = GpuLibraries.nvidia();
        fact("NVIDIA's libraries", nvidia.isEmpty() ? "none found" : nvidia.size() + ", e.g. " + nvidia.getFirst());
    }

    private void fact(String name, String value) {
        report.addProperty(name, value);
        lines.add("- " + name + ": " + value);
        say(name + ": " + value);
    }

    private void say(String line) {
        spec.commandLine().getErr().println(line);
        spec.commandLine().getErr().flush();
    }

    private void tiers() {
        heading("Tiers and providers", "| what | | |", "| --- | --- | --- |");
        JsonArray all = new JsonArray();
        ModelCard card = ModelCard.find("hands");
        try {
            for (Providers.Verdict each : Providers.tried(library, card).verdicts()) {
                all.add(verdict(each.name(), each.works(), each.words()));
            }
        } catch (ResidentNetwork.Refusal e) {
            all.add(verdict("ONNX Runtime", false, e.sentence()));
        }
        for (Ladder.Fall tier : Tiers.told(new Tiers.Wish(Tiers.Device.AUTO, 0, false, library), card)) {
            all.add(verdict(tier.tier(), tier.reason().startsWith("ready"), tier.reason()));
        }
        report.add("tiers", all);
    }

    private JsonObject verdict(String name, boolean works, String words) {
        JsonObject object = new JsonObject();
        object.addProperty("name", name);
        object.addProperty("works", works);
        object.addProperty("words", words);
        lines.add("| " + name + " | " + (works ? "works" : "does not work") + " | " + words + " |");
        say(name + ": " + words);
        return object;
    }

    private void heading(String title, String... rows) {
        lines.add("");
        lines.add("## " + title);
        lines.add("");
        lines.addAll(List.of(rows));
    }

    private boolean works(Way way) throws InterruptedException {
        try {
            String tier = run(way, "320x192", 2, Look.over(new Look.Background.Color(0)), _ -> {})
                    .tier();
            boolean itself = way == Way.CPU || way == Way.GL && tier.startsWith("gl+cpu") || tier.contains("CUDA on ");
            fact("tier " + way.title(), tier);
            return itself || tier.contains("TensorRT on ");
        } catch (Failure e) {
            fact("tier " + way.title(), e.sentence());
            return false;
        }
    }

    /** Pictures of every way against the processor's, look by look. */
    private void likeness(List<Way> working) throws InterruptedException {
        heading(
                "Likeness to the processor's pictures, " + COMPARED + " frames",
                "| look | way | largest difference of luma (0..255) | mean |",
                "| --- | --- | --- | --- |");
        JsonArray all = new JsonArray();
        for (Look.Background kind : List.of(
                new Look.Background.Color(0x204060), new Look.Background.Blur(25), new Look.Background.Pixelate(24))) {
            List<byte[]> wanted = new ArrayList<>();
            run(Way.CPU, "640x384", COMPARED, Look.over(kind), picture -> wanted.add(LumaDifference.luma(picture)));
            for (Way way : working.subList(1, working.size())) {
                LumaDifference difference = new LumaDifference(wanted);
                run(way, "640x384", COMPARED, Look.over(kind), difference);
                JsonObject row = new JsonObject();
                row.addProperty("look", kind.toString());
                row.addProperty("way", way.title());
                row.addProperty("most", difference.most());
                row.addProperty("mean", difference.mean());
                all.add(row);
                lines.add(String.format(
                        Locale.ROOT,
                        "| %s | %s | %d | %.4f |",
                        kind,
                        way.title(),
                        difference.most(),
                        difference.mean()));
            }
        }
        report.add("likeness", all);
    }

    private void timings(List<Way> working) throws InterruptedException {
        heading(
                "Times, " + frames + " frames of rendered hands, decoding none, writing none",
                "| size | way | frames a second | processor time a frame, ms | tier |",
                "| --- | --- | --- | --- | --- |");
        JsonArray all = new JsonArray();
        for (String size : List.of("1280x720", "1920x1080", "3840x2160")) {
            for (Way way : working) {
                long before = processorNanos();
                Pipeline.Summary summary = run(way, size, frames, Look.over(new Look.Background.Color(0)), _ -> {});
                double millis = (processorNanos() - before) / 1e6 / Math.max(1, summary.frames());
                boolean software = way == Way.CPU || summary.tier().matches("(?i).*(llvmpipe|softpipe|swrast).*");
                double rate = summary.frames() / (summary.wall().toNanos() / 1e9);
                JsonObject row = new JsonObject();
                row.addProperty("size", size);
                row.addProperty("way", way.title());
                row.addProperty("software", software);
                row.addProperty("framesPerSecond", rate);
                row.addProperty("processorMillisPerFrame", millis);
                row.addProperty("tier", summary.tier());
                row.add("stages", Report.stages(summary.latency()));
                all.add(row);
                lines.add(String.format(
                        Locale.ROOT,
                        "| %s | %s%s | %.1f | %.1f | %s |",
                        size,
                        way.title(),
                        software ? " (software)" : "",
                        rate,
                        millis,
                        summary.tier()));
            }
        }
        report.add("timings", all);
    }

    private static long processorNanos() {
        return ProcessHandle.current()
                .info()
                .totalCpuDuration()
                .map(Duration::toNanos)
                .orElse(0L);
    }

    private void leaks(Way way) throws InterruptedException, IOException {
        run(way, "320x192", 100, Look.over(new Look.Background.Color(0)), _ -> {});
        long before = resident();
        run(way, "320x192", leakFrames, Look.over(new Look.Background.Color(0)), _ -> {});
        lines.add("");
        fact(
                "memory after " + leakFrames + " more frames on " + way.title(),
                (resident() - before) / 1024 + " KiB more");
    }

    private static long resident() throws IOException {
        Path statm = Path.of("/proc/self/statm");
        return Files.exists(statm) ? Long.parseLong(Files.readString(statm).split(" ")[1]) * 4096 : 0;
    }

    private Pipeline.Summary run(Way way, String size, int count, Look look, Consumer<Frame> pictures)
            throws InterruptedException {
        boolean required = way == Way.CUDA || way == Way.TENSORRT;
        Settings settings = new Settings(
                SourceSpec.parse("pattern:hands?size=" + size + "&frames=" + count),
                SourceSpec.Options.ALL,
                new Settings.ModelChoice("hands", List.of(), 0),
                MatteSettings.DEFAULT,
                look,
                new Settings.LayerFiles(null, Fit.COVER, Duration.ofSeconds(5), List.of(), List.of()),
                null,
                List.of(new Output.Program(pictures)),
                Output.Encoding.AUTO,
                true,
                new Settings.Tuning(way.compositor, 0, 0, 1, Tiers.Wish.parse(way.device, required, library)));
        return new Pipeline(settings, Console.choose(true)).run();
    }
}
