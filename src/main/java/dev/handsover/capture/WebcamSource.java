package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import dev.handsover.frame.StreamFormat;
import dev.handsover.v4l2.Capture;
import dev.handsover.v4l2.Layout;
import dev.handsover.v4l2.Refusal;
import dev.handsover.v4l2.VideoDevice;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * A camera of the kernel's, opened once: it ends with a {@code Failure} when the camera is silent, gone or broken, and
 * {@link Reopening} opens the next one. Frames bear the kernel's time stamps and count what the driver lost.
 */
final class WebcamSource implements Source {
    /** A camera that gives nothing for so long is taken for dead. */
    private static final Duration SILENCE = Duration.ofSeconds(2);
    /** The first picture may take longer: motors, exposure, a hub that wakes. */
    private static final Duration WARM_UP = Duration.ofSeconds(5);

    private static final Rational NANOS = new Rational(1, 1_000_000_000);
    private static final Rational TICKS = new Rational(1, 1_000_000);
    /** A first picture older than this, when it is asked for, makes room for a new one, ns. */
    private static final long STALE = 100_000_000L;
    /** Rates are judged after so long, ns. */
    private static final long JUDGE = 3_000_000_000L;

    private final ReadTimes times = new ReadTimes();
    private final VideoDevice device;
    private final Layout layout;
    private final ModeChoice mode;
    private final Rational rate;
    private final Capture capture;
    private final Unpacker unpacker;
    private final AVFrame unpacked;
    private final AVFrame converted;
    private final Normalizer normalizer;
    private final DecodedFrames frames;
    private final StreamFormat format;
    private boolean pending = true;
    private boolean begun;
    private volatile long firstNanos;
    private long flagged;
    private volatile long sequence;
    private volatile long latestNanos;
    private volatile long damaged;
    private volatile long driver;
    private volatile long late;

    /**
     * Opens a camera and takes its first picture.
     *
     * @param canvas the format to deliver, or null for what the camera gives
     * @throws Refusal when the kernel says no
     */
    static WebcamSource open(Path node, CameraWish wish, @Nullable PictureFormat canvas)
            throws Refusal, InterruptedException {
        VideoDevice device = VideoDevice.open(node);
        try {
            return new WebcamSource(device, wish, canvas);
        } catch (Refusal | InterruptedException | RuntimeException e) {
            device.close();
            throw e;
        }
    }

    private WebcamSource(VideoDevice device, CameraWish wish, @Nullable PictureFormat canvas)
            throws Refusal, InterruptedException {
        this.device = device;
        this.mode = mode(device, wish);
        this.layout = set(device, mode);
        Rational kept = device.captureRate(mode.rate());
        this.rate = kept != null ? kept : mode.rate() != null ? mode.rate() : new Rational(30, 1);
        this.unpacker = new Unpacker(layout);
        this.unpacked = av_frame_alloc();
        this.converted = av_frame_alloc();
        Capture started = null;
        Normalizer ready = null;
        try {
            started = Capture.start(device, layout.coding().independent());
            this.capture = started;
            long end = System.nanoTime() + WARM_UP.toNanos();
            while (!take(Duration.ofNanos(Math.max(0, end - System.nanoTime())))) {
                if (System.nanoTime() > end) {
                    throw Failure.device(name() + " gives only damaged pictures; try another --camera-format.");
                }
            }
            Conversion.Wish shape = new Conversion.Wish(Rotation.UPRIGHT, false, false, canvas, Fit.CONTAIN, null);
            ready = new Normalizer(unpacked, shape, Rational.ONE, NANOS);
            this.normalizer = ready;
            this.frames = new DecodedFrames(normalizer.target());
        } catch (Refusal | InterruptedException | RuntimeException e) {
            if (ready != null) {
                ready.close();
            }
            if (started != null) {
                started.close();
            }
            unpacker.close();
            av_frame_free(unpacked);
            av_frame_free(converted);
            throw e;
        }
        this.format = new StreamFormat(
                normalizer.target(), TICKS, rate, -1, -1, true, false, List.of(), Map.of("camera", about().card()));
    }

    private static ModeChoice mode(VideoDevice device, CameraWish wish) {
        ModeChoice chosen = ModeChoice.of(device.modes(), wish);
        if (chosen != null) {
            return chosen;
        }
        throw Failure.device(device.about().card() + " (" + device.about().node() + ") gives no pictures as "
                + wish.format().name().toLowerCase(Locale.ROOT) + "; handsover cameras lists what it gives.");
    }

    private static Layout set(VideoDevice device, ModeChoice mode) throws Refusal {
        Layout layout = device.capture(mode.coding(), mode.width(), mode.height());
        if (layout == null) {
            throw Failure.device(
                    device.about().card() + " does not keep to " + mode.coding() + "; try another --camera-format.");
        }
        return layout;
    }

    VideoDevice.About about() {
        return device.about();
    }

    private String name() {
        return about().card() + " (" + about().node() + ")";
    }

    /** Takes one picture in; false when it was damaged. */
    private boolean take(Duration limit) throws Refusal, InterruptedException {
        long begun = System.nanoTime();
        boolean came = capture.next(limit);
        times.waitedSince(begun);
        if (!came) {
            throw Failure.device(
                    name() + " has given no picture for " + limitWords() + "; unplug it and plug it in again.");
        }
        boolean good = !capture.damaged() && unpacker.unpack(capture.bytes(), capture.capturedNanos(), unpacked);
        sequence = capture.sequence();
        latestNanos = capture.capturedNanos();
        driver = capture.lost();
        late = capture.late();
        flagged += capture.damaged() ? 1 : 0;
        damaged = flagged + unpacker.refused();
        capture.giveBack();
        return good;
    }

    private String limitWords() {
        return (sequence == 0 ? WARM_UP : SILENCE).toSeconds() + " s";
    }

    @Override
    public StreamFormat format() {
        return format;
    }

    @Override
    public ReadTimes times() {
        return times;
    }

    @Override
    public Frame read() throws InterruptedException {
        times.begin();
        try {
            if (!begun) {
                begin();
            }
            while (true) {
                long begun = System.nanoTime();
                if (normalizer.pull(converted)) {
                    times.convertedSince(begun);
                    return wrap(converted);
                }
                if (!pending && !take(SILENCE)) {
                    continue;
                }
                if (normalizer.mustEmptyFor(unpacked)) {
                    pending = true;
                    continue;
                }
                pending = false;
                begun = System.nanoTime();
                if (normalizer.push(unpacked)) {
                    return wrap(unpacked);
                }
                times.convertedSince(begun);
            }
        } catch (Refusal e) {
            throw Failure.device(name() + " broke off: " + e.reason() + ".");
        }
    }

    private void begin() throws Refusal {
        begun = true;
        if (layout.coding().independent() && System.nanoTime() - unpacked.pts() > STALE) {
            capture.begin();
            pending = false;
        }
    }

    private Frame wrap(AVFrame picture) throws InterruptedException {
        long captured = picture.pts();
        firstNanos = firstNanos == 0 ? captured : firstNanos;
        long lasts = Math.round(1e9 / rate.value());
        Frame frame = frames.wrap(picture, sequence, captured - firstNanos, lasts);
        frame.captured(captured);
        return frame;
    }

    @Override
    public List<String> report() {
        List<String> lines = new ArrayList<>();
        lines.add(name() + ": " + mode + ".");
        lines.addAll(normalizer.notes());
        if (unpacker.lenient()) {
            lines.add("The camera's pictures all end early; they are taken as they are.");
        }
        long span = latestNanos - firstNanos;
        double measured = firstNanos == 0 || span < JUDGE ? rate.value() : sequence * 1e9 / span;
        if (measured < 0.8 * rate.value()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "The camera gave %.1f frames a second, not %.1f: with little light it exposes for longer.",
                    measured,
                    rate.value()));
        }
        return lines;
    }

    @Override
    public long lost() {
        return driver + damaged;
    }

    @Override
    public Map<String, Long> losses() {
        return Map.of("driver", driver, "late", late, "damaged", damaged);
    }

    @Override
    public void close() {
        frames.close();
        capture.close();
        device.close();
        normalizer.close();
        unpacker.close();
        av_frame_free(unpacked);
        av_frame_free(converted);
    }
}
