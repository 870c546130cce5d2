package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.handsover.frame.ClassForm;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.TensorForm;
import dev.handsover.matte.MatteRefiner;
import dev.handsover.matte.MatteSettings;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a frame costs on the way over the graphics device: calls, bytes that cross over, and nothing on Java's heap. */
class GlPathTest {
    static final PictureFormat FRAMES = PictureFormat.i420(160, 96, ColorSpec.assumedFor(96));
    private static final long FRAME_BYTES = 160 * 96 * 3 / 2;
    private static final int W = 96;
    private static final int H = 64;
    private static final long INPUT_BYTES = 12L * W * H;
    private static final long OUTPUT_BYTES = 8L * W * H;
    private static final int WARM = 40;
    private static final int COUNTED = 20;
    private static final int ROUNDS = 6;

    /** What {@code frames} frames called of OpenGL; they made no objects of it, and left nothing on the heap. */
    private record Seen(GlCount.Calls calls, long frames) {
        /** @param round {@link #COUNTED} frames */
        static Seen of(Runnable round) {
            ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            GlCount.Calls before = GlCount.calls();
            int objects = GlCount.alive();
            long least = Long.MAX_VALUE;
            int rounds = 0;
            // linking and compiling on the way may put something there once, a frame's own work never
            while (rounds < ROUNDS && least > 0) {
                long bytes = threads.getCurrentThreadAllocatedBytes();
                round.run();
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - bytes);
                rounds++;
            }
            assertEquals(objects, GlCount.alive(), "objects of OpenGL are made at open");
            assertEquals(0, least, "bytes on the heap in " + COUNTED + " frames");
            return new Seen(GlCount.calls().since(before), (long) rounds * COUNTED);
        }
    }

    static GlPath path(Look look, boolean onDevice, GlPath.Way way) {
        PictureFormat canvas = FRAMES.withAlpha(look.transparent());
        TensorForm input = new TensorForm(W, H, true, 4, Collections.nCopies(TensorForm.COEFFICIENTS, 0f));
        ClassForm output =
                new ClassForm(ClassForm.Meaning.PROBABILITY, List.of(true, false), W, H, 1, W * H, 1, 0, 1, 0);
        MatteSettings settings = new MatteSettings(0.4f, 10, 10, 0.8f, false, 1, 0.001f, 0.001f);
        return new GlPath(
                new GlPath.Drawing(FRAMES, canvas, look, Looks.layers(canvas, true)),
                new GlPath.Network(input, output, onDevice),
                MatteRefiner.figures(W, H, settings),
                3,
                GlPath.Where.any(way));
    }

    /** So many frames, one picture behind as an engine is. */
    static void run(GlPath path, Frame frame, Frame picture, int count) {
        int last = -1;
        for (int i = 0; i < count; i++) {
            path.enter();
            path.take(frame);
            path.awaitInput();
            int place = path.draw(i);
            if (last >= 0) {
                path.fetch(last, picture);
            }
            last = place;
        }
        path.fetch(last, picture);
    }

    @TestFactory
    Stream<DynamicTest> aFrameAllocatesNothingAndWaitsOnlyForItsOwnFences() {
        return Looks.all().entrySet().stream()
                .flatMap(each -> Stream.of(
                        test(each, false, GlPath.Way.BEST),
                        test(each, true, GlPath.Way.BEST),
                        test(each, false, GlPath.Way.FRAGMENTS)));
    }

    private static DynamicTest test(Map.Entry<String, Look> each, boolean onDevice, GlPath.Way way) {
        String name =
                each.getKey() + ", " + way + (onDevice ? ", network on the device" : ", network of the processor");
        return DynamicTest.dynamicTest(name, () -> count(each.getValue(), onDevice, way));
    }

    private static void count(Look look, boolean onDevice, GlPath.Way way) throws InterruptedException {
        int alive = GlCount.alive();
        try (GlPath path = path(look, onDevice, way);
                FramePool frames = new FramePool(FRAMES, 1);
                FramePool pictures = new FramePool(FRAMES.withAlpha(look.transparent()), 1)) {
            Frame frame = frames.take();
            Looks.paint(frame, 1);
            Frame picture = pictures.take();
            if (!onDevice) {
                for (int i = 0; i < 2 * W * H; i++) {
                    path.output().setAtIndex(ValueLayout.JAVA_FLOAT, i, i / W % 20 < 12 ? 0.9f : 0.1f);
                }
            }
            run(path, frame, picture, WARM);
            Seen seen = Seen.of(() -> run(path, frame, picture, COUNTED));
            GlCount.Calls calls = seen.calls();
            long counted = seen.frames();
            long tensorsUp = onDevice ? 0 : OUTPUT_BYTES;
            long tensorsBack = onDevice ? 0 : INPUT_BYTES;
            assertEquals(counted * (FRAME_BYTES + tensorsUp), calls.bytesUp(), "bytes up");
            long picturesBack = FRAME_BYTES + 16 + (look.transparent() ? 160 * 96 : 0);
            assertEquals(counted * (picturesBack + tensorsBack), calls.bytesBack(), "bytes back");
            int fences = 1 + (onDevice ? 0 : 1) + (way == GlPath.Way.BEST ? 1 : 0);
            assertEquals(counted * fences, calls.fences(), "a fence for the upload, the input, the picture");
            assertTrue(calls.waits() <= calls.fences(), "each fence is waited for once: " + calls);
            assertEquals(0, calls.passes() % counted, "all frames cost the same passes");
        }
        assertEquals(alive, GlCount.alive());
    }

    @TestFactory
    Stream<DynamicTest> carriedMasksAllocateNothingAndPicturesThatNobodyWantsStay() {
        Look look = Look.over(new Look.Background.Color(0x204060));
        return Stream.of(GlPath.Way.values())
                .map(way -> DynamicTest.dynamicTest(way.toString(), () -> carried(look, way)));
    }

    private static void carried(Look look, GlPath.Way way) throws InterruptedException {
        int alive = GlCount.alive();
        try (GlPath path = path(look, false, way);
                FramePool frames = new FramePool(FRAMES, 1);
                FramePool pictures = new FramePool(FRAMES, 1)) {
            Frame frame = frames.take();
            Looks.paint(frame, 1);
            Frame picture = pictures.take();
            for (int i = 0; i < 2 * W * H; i++) {
                path.output().setAtIndex(ValueLayout.JAVA_FLOAT, i, i / W % 20 < 12 ? 0.9f : 0.1f);
            }
            run(path, frame, picture, 1);
            assertTrue(picture.readable());
            path.pixels(false);
            carry(path, frame, picture, WARM);
            Seen seen = Seen.of(() -> carry(path, frame, picture, COUNTED));
            GlCount.Calls calls = seen.calls();
            long counted = seen.frames();
            assertEquals(counted * FRAME_BYTES, calls.bytesUp(), "bytes up: no tensor");
            assertEquals(counted * 16, calls.bytesBack(), "bytes back: how much is hand, no tensor and no picture");
            assertFalse(picture.readable(), "a picture that stayed cannot be read");
        }
        assertEquals(alive, GlCount.alive());
    }

    private static void carry(GlPath path, Frame frame, Frame picture, int count) {
        for (int i = 0; i < count; i++) {
            path.fetch(path.carry(frame, i), picture);
        }
    }
}
