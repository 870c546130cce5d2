package dev.handsover.command;

import com.google.gson.JsonObject;
import dev.handsover.capture.DecoderWish;
import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundPacket;
import dev.handsover.v4l2.Mode;
import dev.handsover.v4l2.Refusal;
import dev.handsover.v4l2.VideoDevice;
import dev.handsover.v4l2.VideoDevices;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code cameras}: which there are and what they give; or a trial of one. */
@Command(
        name = "cameras",
        description = {
            "Lists cameras: names, formats, sizes, rates, who uses one, and virtual cameras to write to.",
            "With SOURCE: takes pictures from it for a while and tells their rate, their age and what was lost."
        })
final class CamerasCommand implements Callable<Integer> {
    /** Ages kept for the median: more than ten minutes at 100 frames a second. */
    private static final int MOST_AGES = 65_536;

    @Parameters(
            arity = "0..1",
            paramLabel = "SOURCE",
            description = "webcam, webcam:N, webcam:NAME, screen, rtsp://… or any other source, taken live.")
    @Nullable String source;

    @Option(
            names = "--for",
            paramLabel = "TIME",
            defaultValue = "3s",
            description = "How long. Default: ${DEFAULT-VALUE}")
    String time = "";

    @Option(
            names = "--frames",
            paramLabel = "N",
            defaultValue = "0",
            description = "Ends after so many frames, from 1. Default: all")
    long frames;

    @Option(names = "--json", description = "Ends with one JSON object instead.")
    boolean json;

    @Mixin
    CameraOptions camera = new CameraOptions();

    @Spec
    CommandSpec spec = CommandSpec.create();

    private final long[] ages = new long[MOST_AGES];
    private int count;
    private long gaps;
    private long lastNanos;
    private long lastSequence = -1;
    private int backward;
    private final AtomicBoolean over = new AtomicBoolean();

    @Override
    public Integer call() throws InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        String wanted = source;
        if (wanted == null) {
            list(out);
        } else {
            attempt(SourceSpec.parseLive(wanted), out);
        }
        out.flush();
        return 0;
    }

    private static void list(PrintWriter out) {
        if (!VideoDevices.supported()) {
            throw Failure.device("Cameras are listed on Linux only; here, --source webcam takes the first and"
                    + " webcam:NAME one by its name.");
        }
        int cameras = 0;
        for (Path node : VideoDevices.nodes()) {
            try (VideoDevice device = VideoDevice.open(node)) {
                cameras += device.about().captures() ? 1 : 0;
                describe(device, out);
            } catch (Refusal e) {
                out.println(node + ": " + e.reason()
                        + (e.forbidden() ? "; join the group " + VideoDevices.group(node) : "") + holders(node));
            }
        }
        if (cameras == 0) {
            out.println("There is no camera here; live --source pattern:hands needs none.");
        }
    }

    private static String holders(Path node) {
        List<String> holders = VideoDevices.holders(node);
        return holders.isEmpty() ? "" : ", open in " + String.join(", ", holders);
    }

    private static void describe(VideoDevice device, PrintWriter out) {
        VideoDevice.About about = device.about();
        String use = about.captures()
                ? "--source webcam:" + VideoDevices.number(about.node())
                : "--output v4l2:" + about.node();
        if (!about.captures() && !about.outputs()) {
            return;
        }
        out.println(
                about.card() + ": " + use + " (" + about.driver() + ", " + about.bus() + holders(about.node()) + ")");
        Map<String, List<Mode>> byCoding = device.modes().stream()
                .collect(Collectors.groupingBy(
                        mode -> mode.coding().name().toLowerCase(Locale.ROOT),
                        LinkedHashMap::new,
                        Collectors.toList()));
        byCoding.forEach((coding, modes) -> out.println(
                "  " + coding + ": " + modes.stream().map(CamerasCommand::words).collect(Collectors.joining(", "))));
    }

    private static String words(Mode mode) {
        List<Rational> rates = mode.rates();
        String size = mode.width() + "x" + mode.height();
        return rates.isEmpty()
                ? size
                : size + " (" + HelpText.plain(Math.round(rates.getFirst().value() * 100) / 100f) + " fps)";
    }

    private void attempt(SourceSpec what, PrintWriter out) throws InterruptedException {
        SourceSpec.Options plain = SourceSpec.Options.ALL;
        SourceSpec.Options options = new SourceSpec.Options(
                        null, null, frames, null, plain.maxPixels(), plain.connectLimit(), plain.readLimit())
                .with(camera.wish(), DecoderWish.SOFTWARE);
        try (Source opened = what.open(options)) {
            opened.onSound(SoundPacket::close);
            long end = System.nanoTime() + Converters.time(time).toNanos();
            Thread watcher = watch(opened, Thread.currentThread(), end);
            try {
                read(opened, end);
            } catch (InterruptedException e) {
                // the time is over while the camera is waited for
            }
            over.set(true);
            synchronized (over) {
                // the watcher may have called after the last frame
                Thread.interrupted();
            }
            watcher.interrupt();
            watcher.join();
            tell(opened, out);
        }
    }

    private void read(Source opened, long end) throws InterruptedException {
        while (System.nanoTime() < end) {
            Frame frame = opened.read();
            if (frame == null) {
                return;
            }
            ages[count++ % MOST_AGES] = System.nanoTime() - frame.capturedNanos();
            gaps += lastSequence < 0 ? 0 : frame.sequence() - lastSequence - 1;
            backward += count > 1 && frame.timeNanos() <= lastNanos ? 1 : 0;
            lastSequence = frame.sequence();
            lastNanos = frame.timeNanos();
            frame.recycle();
        }
    }

    /** Says what the source waits for, and ends the reading when the time is over. */
    private Thread watch(Source opened, Thread reader, long end) {
        return Thread.ofPlatform().daemon().name("watcher").start(() -> {
            String last = "";
            try {
                while (System.nanoTime() < end) {
                    String trouble = opened.trouble();
                    String now = trouble == null ? "" : trouble;
                    if (!now.equals(last)) {
                        System.err.println(now.isEmpty() ? "Pictures come again." : now);
                        last = now;
                    }
                    Thread.sleep(20);
                }
                synchronized (over) {
                    if (!over.get()) {
                        reader.interrupt();
                    }
                }
            } catch (InterruptedException e) {
                // the reading is over
            }
        });
    }

    private void tell(Source opened, PrintWriter out) {
        long[] sorted = Arrays.copyOf(ages, Math.min(count, MOST_AGES));
        Arrays.sort(sorted);
        double seconds = lastNanos / 1e9;
        double rate = count > 1 ? (count - 1) / seconds : 0;
        Map<String, Long> losses = opened.losses();
        if (json) {
            JsonObject object = new JsonObject();
            object.addProperty("width", opened.format().picture().width());
            object.addProperty("height", opened.format().picture().height());
            object.addProperty("frames", count);
            object.addProperty("fps", Math.round(rate * 100) / 100.0);
            object.addProperty("gaps", gaps);
            object.addProperty("backward", backward);
            object.addProperty("ageMedianMillis", millis(sorted, 0.5));
            object.addProperty("age95Millis", millis(sorted, 0.95));
            object.addProperty("ageMostMillis", millis(sorted, 1));
            losses.forEach(object::addProperty);
            out.println(object);
            return;
        }
        opened.report().forEach(out::println);
        out.println(String.format(
                Locale.ROOT,
                "%d frames of %d×%d, %.2f a second; age %.1f ms (median), %.1f (p95), %.1f (most).",
                count,
                opened.format().picture().width(),
                opened.format().picture().height(),
                rate,
                millis(sorted, 0.5),
                millis(sorted, 0.95),
                millis(sorted, 1)));
    }

    private static double millis(long[] sorted, double share) {
        int index = (int) Math.min(sorted.length - 1L, Math.round(share * (sorted.length - 1)));
        return sorted.length == 0 ? 0 : Math.round(sorted[index] / 1e4) / 100.0;
    }

    /** For doctor: what there is, or what would help. */
    static List<String> findings() {
        if (!VideoDevices.supported()) {
            return List.of();
        }
        List<VideoDevice.About> all = VideoDevices.all();
        String cameras = all.stream()
                .filter(VideoDevice.About::captures)
                .map(each -> each.card() + " (webcam:" + VideoDevices.number(each.node()) + ")")
                .collect(Collectors.joining(", "));
        String outputs = all.stream()
                .filter(VideoDevice.About::outputs)
                .map(each -> "v4l2:" + each.node() + " (" + each.card() + ")")
                .collect(Collectors.joining(", "));
        return List.of(
                cameras.isEmpty() ? "! cameras: none; pattern:hands?live=1 needs none" : "✔ cameras: " + cameras,
                outputs.isEmpty()
                        ? "! virtual camera: none; sudo apt-get install v4l2loopback-dkms, then"
                                + " sudo modprobe v4l2loopback exclusive_caps=1 card_label=Handsover, then"
                                + " --output v4l2:/dev/videoN as handsover cameras names it"
                        : "✔ virtual camera: " + outputs);
    }
}
