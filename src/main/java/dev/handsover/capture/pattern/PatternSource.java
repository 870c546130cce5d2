package dev.handsover.capture.pattern;

import dev.handsover.capture.ReadTimes;
import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import dev.handsover.frame.StreamFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Frames made by arithmetic: frame k of a pattern is the same whenever and in whatever order it is asked for. */
public final class PatternSource implements Source {
    private static final int POOL = 24;
    private final ReadTimes times = ReadTimes.ofPainter();
    private final SourceSpec.Pattern spec;
    private final StreamFormat format;
    private final FramePool pool;
    private final Painter painter;
    private final long first;
    private long sequence;
    private long startNanos;

    /** Draws one kind of pattern. */
    interface Painter {
        /** Every pixel of frame {@code index}. */
        void paint(long index, Frame frame);

        /** The next frame is due then, by {@link System#nanoTime}; live patterns alone are told. */
        default void moment(long capturedNanos) {}

        /** Frees what was made at open. */
        default void close() {}
    }

    private PatternSource(SourceSpec.Pattern spec, SourceSpec.Options options) {
        this.spec = spec;
        PictureFormat picture = PictureFormat.i420(spec.width(), spec.height(), ColorSpec.assumedFor(spec.height()));
        Rational base = new Rational(1, spec.fps());
        long from = options.start() == null ? 0 : ceiling(options.start().toNanos(), base);
        long until = options.end() == null
                ? spec.frames()
                : Math.min(spec.frames(), ceiling(options.end().toNanos(), base));
        long count = Math.max(0, until - from);
        count = options.frames() > 0 ? Math.min(options.frames(), count) : count;
        this.first = from;
        this.format = new StreamFormat(
                picture,
                base,
                new Rational(spec.fps(), 1),
                base.toNanos(count),
                count,
                spec.live(),
                false,
                List.of(),
                Map.of());
        this.pool = new FramePool(picture, POOL);
        this.painter = switch (spec.kind()) {
            case BARS -> new Bars(picture);
            case CLOCK -> new Clock(spec.fps(), spec.live());
            case HANDS -> hands(spec, picture);
        };
    }

    private static Painter hands(SourceSpec.Pattern spec, PictureFormat picture) {
        HandsScene scene = new HandsScene(picture, spec.fps(), spec.seed());
        return spec.live() ? new Replay(scene, picture) : scene;
    }

    private static long ceiling(long nanos, Rational base) {
        long ticks = base.toTicks(nanos);
        return base.toNanos(ticks) < nanos ? ticks + 1 : ticks;
    }

    /** At another rate the same motion is painted oftener or less often; it lasts as long. */
    public static PatternSource open(SourceSpec.Pattern spec, SourceSpec.Options options) {
        Rational rate = options.fps();
        if (rate == null) {
            return new PatternSource(spec, options);
        }
        if (rate.num() % rate.den() != 0) {
            throw Failure.usage("A pattern is painted at a whole number of frames a second; write --fps "
                    + Math.max(1, Math.round(rate.value())) + ".");
        }
        int fps = Math.toIntExact(rate.num() / rate.den());
        int frames = Math.toIntExact(Math.max(1, Math.round((double) spec.frames() * fps / spec.fps())));
        return new PatternSource(
                new SourceSpec.Pattern(spec.kind(), spec.width(), spec.height(), frames, fps, spec.seed(), spec.live()),
                options);
    }

    /**
     * The exact coverage of hands and arms, 0..255 in Y, 128 in U and V; only {@code pattern:hands} has one.
     *
     * @param index of the frame in the whole pattern
     * @param gray of this source's format
     */
    public void truth(long index, Frame gray) {
        if (!(painter instanceof HandsScene scene)) {
            throw new IllegalStateException("pattern " + spec.kind() + " has no hands");
        }
        scene.truth(index, gray);
    }

    /** Draws frame {@code index} of the whole pattern, independently of what was read. */
    public void frame(long index, Frame frame) {
        painter.paint(index, frame);
    }

    @Override
    public StreamFormat format() {
        return format;
    }

    @Override
    public @Nullable Frame read() throws InterruptedException {
        if (sequence >= format.frames()) {
            return null;
        }
        times.begin();
        if (spec.live()) {
            awaitTurn();
        }
        Rational base = format.timeBase();
        long time = base.toNanos(sequence);
        if (spec.live()) {
            painter.moment(startNanos + time);
        }
        Frame frame = pool.take();
        painter.paint(first + sequence, frame);
        frame.stamp(sequence, time, base.toNanos(sequence + 1) - time);
        frame.captured(spec.live() ? startNanos + time : 0);
        sequence++;
        return frame;
    }

    /** Like a camera: frame k comes k frame times after the first, and late ones are not made up for. */
    private void awaitTurn() throws InterruptedException {
        long now = System.nanoTime();
        if (sequence == 0) {
            startNanos = now;
        }
        long late = now - startNanos - format.timeBase().toNanos(sequence);
        long missed = Math.max(0, late / format.timeBase().toNanos(1));
        sequence = Math.min(sequence + missed, format.frames() - 1);
        TimeUnit.NANOSECONDS.sleep(startNanos + format.timeBase().toNanos(sequence) - System.nanoTime());
        times.waitedSince(now);
    }

    @Override
    public ReadTimes times() {
        return times;
    }

    @Override
    public void close() {
        painter.close();
        pool.close();
    }
}
