package dev.handsover;

import dev.handsover.capture.Source;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import dev.handsover.frame.StreamFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A camera in a room of one loud colour, magenta, with a green hand in it. On demand the room turns red, by which the test
 * networks fail, or no frames come.
 */
final class FakeCamera implements Source {
    /** What happens. */
    enum Mood {
        WELL,
        RED_ROOM,
        SILENT,
        BROKEN,
        ENDED
    }

    static final int WIDTH = 320;
    static final int HEIGHT = 180;
    /** The hand's rectangle. */
    static final int LEFT = 120;

    static final int TOP = 60;
    static final int RIGHT = 200;
    static final int BOTTOM = 140;
    static final String WHY = "The test's camera is silent.";

    private static final PictureFormat FORMAT = PictureFormat.i420(WIDTH, HEIGHT, ColorSpec.assumedFor(HEIGHT));
    private final FramePool pool = new FramePool(FORMAT, 12);
    private final long frameNanos;
    private final Rational rate;
    private volatile Mood mood = Mood.WELL;
    private long begun;
    private long sequence;

    FakeCamera(int fps) {
        this.rate = new Rational(fps, 1);
        this.frameNanos = TimeUnit.SECONDS.toNanos(1) / fps;
    }

    void mood(Mood now) {
        mood = now;
    }

    @Override
    public StreamFormat format() {
        return new StreamFormat(FORMAT, rate.inverse(), rate, -1, -1, true, false, List.of(), Map.of());
    }

    @Override
    public @Nullable Frame read() throws InterruptedException {
        if (begun == 0) {
            begun = System.nanoTime();
        }
        while (mood == Mood.SILENT) {
            TimeUnit.MILLISECONDS.sleep(5);
        }
        if (mood == Mood.ENDED) {
            return null;
        }
        if (mood == Mood.BROKEN) {
            throw new IllegalStateException("the test's camera broke");
        }
        sequence = Math.max(sequence + 1, (System.nanoTime() - begun) / frameNanos);
        TimeUnit.NANOSECONDS.sleep(begun + sequence * frameNanos - System.nanoTime());
        Frame frame = pool.take();
        paint(frame, mood == Mood.RED_ROOM);
        frame.stamp(sequence, sequence * frameNanos, frameNanos);
        frame.captured(System.nanoTime());
        return frame;
    }

    private static void paint(Frame frame, boolean red) {
        double[] room = FORMAT.color().toYuv(1, 0, red ? 0 : 1);
        double[] hand = FORMAT.color().toYuv(0, 1, red ? 0 : 1);
        frame.fill(code(room[0]), code(room[1]), code(room[2]), 255);
        for (int plane = 0; plane < 3; plane++) {
            int shift = plane == 0 ? 0 : 1;
            for (int y = TOP >> shift; y < BOTTOM >> shift; y++) {
                long row = (long) y * frame.stride(plane);
                frame.plane(plane)
                        .asSlice(row + (LEFT >> shift), (RIGHT - LEFT) >> shift)
                        .fill((byte) code(hand[plane]));
            }
        }
    }

    private static int code(double value) {
        return (int) Math.round(value);
    }

    @Override
    public @Nullable String trouble() {
        return mood == Mood.SILENT ? WHY : null;
    }

    @Override
    public void close() {
        pool.close();
    }
}
