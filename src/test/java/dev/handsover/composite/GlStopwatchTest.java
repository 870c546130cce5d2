package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.sun.management.ThreadMXBean;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.profile.Trail;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The device's own times: told some frames later, never waited for, and never asked of software. */
class GlStopwatchTest {
    private static final int FRAMES = 20;
    /** As many as may be under way, and one. */
    private static final int PLACES = 4;

    private static final List<Stage> EVERY = List.of(
            Stage.DEVICE_UPLOAD,
            Stage.DEVICE_PREPROCESS,
            Stage.DEVICE_MATTE,
            Stage.DEVICE_LOOK,
            Stage.DEVICE_READ_BACK);

    private final Look look = Look.over(new Look.Background.Blur(25));

    @AfterEach
    void soften() {
        System.clearProperty(GlStopwatch.ANYWAY);
    }

    private void frames(GlPath path, int count) throws InterruptedException {
        try (FramePool frames = new FramePool(GlPathTest.FRAMES, 1);
                FramePool pictures = new FramePool(GlPathTest.FRAMES, 1)) {
            Frame frame = frames.take();
            Looks.paint(frame, 1);
            frame.origin(7);
            GlPathTest.run(path, frame, pictures.take(), count);
        }
    }

    @Test
    void nothingIsAskedOfSoftware() throws Exception {
        try (GlContext context = GlContext.open()) {
            assumeFalse(!context.software(), "there is a real device here");
        }
        Latency latency = new Latency();
        try (GlPath path = GlPathTest.path(look, false, GlPath.Way.BEST)) {
            int objects = GlCount.alive();
            path.measure(latency);
            assertEquals(objects, GlCount.alive());
            long asked = GlCount.queries();
            frames(path, FRAMES);
            assertEquals(asked, GlCount.queries());
        }
        for (Stage stage : Stage.values()) {
            assertEquals(0, latency.count(stage), stage.label());
        }
    }

    @Test
    void everyFrameIsToldWhenItsPlaceIsNeededAgain() throws Exception {
        System.setProperty(GlStopwatch.ANYWAY, "true");
        int objects = GlCount.alive();
        for (boolean onDevice : new boolean[] {false, true}) {
            Latency latency = new Latency();
            try (GlPath path = GlPathTest.path(look, onDevice, GlPath.Way.BEST)) {
                path.measure(latency);
                long asked = GlCount.queries();
                int waits = (int) GlCount.calls().waits();
                frames(path, FRAMES);
                assertEquals(7L * FRAMES, GlCount.queries() - asked, "a time before and behind each part");
                assertTrue(GlCount.calls().waits() - waits <= 3L * FRAMES, "waits for fences alone");
            }
            for (Stage stage : EVERY) {
                assertEquals(FRAMES - PLACES, latency.count(stage), stage.label());
            }
            assertEquals(onDevice ? FRAMES - PLACES : 0, latency.count(Stage.DEVICE_NETWORK));
        }
        assertEquals(objects, GlCount.alive());
    }

    @Test
    void partsFollowEachOtherByTheClockOfTheProgram() throws Exception {
        System.setProperty(GlStopwatch.ANYWAY, "true");
        Trail trail = new Trail(1000);
        long begun = System.nanoTime();
        try (GlPath path = GlPathTest.path(look, true, GlPath.Way.BEST)) {
            path.measure(new Latency(trail, false));
            frames(path, FRAMES);
        }
        long ended = System.nanoTime();
        assertEquals(6 * (FRAMES - PLACES), trail.size());
        long last = begun;
        for (int i = 0; i < trail.size(); i++) {
            Trail.Span span = trail.span(i);
            assertEquals(Stage.Kind.DEVICE, span.stage().kind());
            assertTrue(span.start() >= last && span.end() >= span.start() && span.end() <= ended, span.toString());
            last = i % 6 == 5 ? begun : span.end();
        }
    }

    @Test
    void aFrameThatNeverEndsIsToldToNobody() throws Exception {
        System.setProperty(GlStopwatch.ANYWAY, "true");
        Latency latency = new Latency();
        try (GlPath path = GlPathTest.path(look, false, GlPath.Way.BEST);
                FramePool frames = new FramePool(GlPathTest.FRAMES, 1)) {
            path.measure(latency);
            Frame frame = frames.take();
            for (int i = 0; i < FRAMES; i++) {
                path.enter();
                path.take(frame);
            }
        }
        assertEquals(0, latency.count(Stage.DEVICE_UPLOAD));
    }

    @Test
    void nothingIsLeftOnTheHeap() throws Exception {
        System.setProperty(GlStopwatch.ANYWAY, "true");
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        try (GlPath path = GlPathTest.path(look, true, GlPath.Way.BEST);
                FramePool frames = new FramePool(GlPathTest.FRAMES, 1);
                FramePool pictures = new FramePool(GlPathTest.FRAMES, 1)) {
            path.measure(new Latency());
            Frame frame = frames.take();
            Looks.paint(frame, 1);
            Frame picture = pictures.take();
            GlPathTest.run(path, frame, picture, 40);
            long least = Long.MAX_VALUE;
            for (int round = 0; round < 6 && least > 0; round++) {
                long before = threads.getCurrentThreadAllocatedBytes();
                GlPathTest.run(path, frame, picture, FRAMES);
                least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
            }
            assertEquals(0, least, "bytes in " + FRAMES + " frames");
        }
    }
}
