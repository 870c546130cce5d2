package dev.handsover.command;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.handsover.Pipeline;
import dev.handsover.capture.CameraWish;
import dev.handsover.capture.DecoderWish;
import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.SoundPacket;
import dev.handsover.profile.Stage;
import dev.handsover.sink.Output;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The times of {@code gpu-check}: one stream, the device's own, decoders, encoders, and what the processor still does. All of
 * frames that were painted before.
 *
 * @param frames of each timing
 */
record GpuTimings(GpuReport report, @Nullable Path library, int frames, List<GpuWay> ways) {
    private static final String FULL = "1920x1080";
    private static final String LARGE = "3840x2160";
    private static final List<String> SIZES = List.of("1280x720", FULL, LARGE);
    private static final int FPS = 60;

    private static double rate(long frames, long nanos) {
        return frames / Math.max(1e-9, nanos / 1e9);
    }

    /** A run by the clock; {@code codec} is of no account where the output is no file. */
    private Pipeline.Summary run(GpuWay way, SourceSpec source, GpuClock clock, Output output, @Nullable String codec)
            throws InterruptedException {
        Output.Encoding encoding = new Output.Encoding(codec, -1, -1, null, null, true);
        return new Pipeline(way.settings(source, GpuWay.PLAIN, output, encoding, library), clock).run();
    }

    private GpuWay best() {
        return ways.getLast();
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
        Pipeline.Summary summary = run(way, hands.stream(frames, false), clock, output(down), null);
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

    /** The same recording by each decoder, pictures compared. */
    void decoders() throws InterruptedException, IOException {
        report.table(
                "decoders",
                "Decoding " + FULL + " H.264 alone, " + frames + " frames",
                "decoder",
                "frames a second",
                "processor, ms a frame",
                "largest difference of luma");
        try (PassingFolder folder = PassingFolder.make("gpu-check");
                PaintedHands hands = new PaintedHands(FULL, FPS)) {
            Path recording = folder.path().resolve("in.mp4");
            run(
                    best(),
                    hands.stream(frames, false),
                    new GpuClock(frames),
                    Output.parse(recording.toString()),
                    "libopenh264");
            List<byte[]> some = new ArrayList<>();
            read(recording, "software", frame -> keep(frame, some));
            LumaDifference difference = new LumaDifference(some);
            for (String decoder : List.of("software", "cuda")) {
                decoded(recording, decoder, difference);
            }
        }
    }

    private static void keep(Frame frame, List<byte[]> some) {
        if (frame.sequence() < 30) {
            some.add(LumaDifference.luma(frame));
        }
    }

    private void decoded(Path recording, String decoder, LumaDifference difference) throws InterruptedException {
        JsonObject row = new JsonObject();
        row.addProperty("decoder", decoder);
        try {
            if (decoder.equals("cuda")) {
                read(recording, decoder, frame -> {
                    if (frame.sequence() < 30) {
                        difference.accept(frame);
                    }
                });
                row.addProperty("most", difference.most());
            }
            long before = GpuClock.processorNanos();
            long begun = System.nanoTime();
            long count = read(recording, decoder, _ -> {});
            double rate = rate(count, System.nanoTime() - begun);
            double millis = (GpuClock.processorNanos() - before) / 1e6 / Math.max(1, count);
            row.addProperty("framesPerSecond", rate);
            row.addProperty("processorMillisPerFrame", millis);
            report.row(row, decoder, rate, millis, decoder.equals("cuda") ? difference.most() : "");
        } catch (Failure e) {
            row.addProperty("refused", e.sentence());
            report.row(row, decoder, e.sentence(), "", "");
        }
    }

    private static long read(Path recording, String decoder, Consumer<Frame> each) throws InterruptedException {
        SourceSpec.Options how = SourceSpec.Options.ALL.with(CameraWish.ANY, DecoderWish.parse(decoder));
        try (Source source = new SourceSpec.Video(recording).open(how)) {
            source.onSound(SoundPacket::close);
            long count = 0;
            Frame frame;
            while ((frame = source.read()) != null) {
                each.accept(frame);
                frame.recycle();
                count++;
            }
            return count;
        }
    }

    /** The best way's pictures, which come down first, into a file by each encoder. */
    void encoders() throws InterruptedException, IOException {
        report.table(
                "encoders",
                "Encoding " + FULL + " H.264 from pictures that came down, " + frames + " frames",
                "encoder",
                "frames a second",
                "encode p50, ms",
                "p99",
                "processor, ms a frame",
                "KiB a frame");
        try (PassingFolder folder = PassingFolder.make("gpu-check");
                PaintedHands hands = new PaintedHands(FULL, FPS)) {
            Path file = folder.path().resolve("out.mp4");
            for (String codec : List.of("libopenh264", "h264_nvenc")) {
                encoded(hands, codec, file);
            }
        }
    }

    private void encoded(PaintedHands hands, String codec, Path file) throws InterruptedException, IOException {
        JsonObject row = new JsonObject();
        row.addProperty("encoder", codec);
        try {
            GpuClock clock = new GpuClock(frames);
            Pipeline.Summary summary =
                    run(best(), hands.stream(frames, false), clock, Output.parse(file.toString()), codec);
            double kib = Files.size(file) / 1024.0 / Math.max(1, summary.frames());
            row.addProperty("framesPerSecond", clock.rate());
            row.addProperty("processorMillisPerFrame", clock.processorMillis());
            row.addProperty("kibPerFrame", kib);
            row.add("stages", Report.stages(summary.latency()));
            report.row(
                    row,
                    codec + (GpuWay.software(summary.tier()) ? " (software draws)" : ""),
                    clock.rate(),
                    summary.latency().millis(Stage.ENCODE, 50),
                    summary.latency().millis(Stage.ENCODE, 99),
                    clock.processorMillis(),
                    kib);
        } catch (Failure e) {
            row.addProperty("refused", e.sentence());
            report.row(row, codec, e.sentence(), "", "", "", "");
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
        Pipeline.Summary summary = run(way, hands.stream(frames, true), clock, output(down), null);
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
