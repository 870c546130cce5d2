package dev.handsover.command;

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
 * What {@code gpu-check} tells of decoders and encoders, the card's against the processor's.
 *
 * @param frames of each timing
 * @param way that makes the pictures
 */
record GpuCodecs(GpuReport report, @Nullable Path library, int frames, GpuWay way) {
    private static final String FULL = "1920x1080";
    private static final int FPS = 60;

    private static double rate(long frames, long nanos) {
        return frames / Math.max(1e-9, nanos / 1e9);
    }

    private Pipeline.Summary run(SourceSpec source, GpuClock clock, Output output, String codec)
            throws InterruptedException {
        Output.Encoding encoding = new Output.Encoding(codec, -1, -1, null, null, true);
        return new Pipeline(way.settings(source, GpuWay.PLAIN, output, encoding, library), clock).run();
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
            run(hands.stream(frames, false), new GpuClock(frames), Output.parse(recording.toString()), "libopenh264");
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
            Pipeline.Summary summary = run(hands.stream(frames, false), clock, Output.parse(file.toString()), codec);
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
}
