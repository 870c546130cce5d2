package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lwjgl.glfw.GLFW.glfwMakeContextCurrent;
import static org.lwjgl.opengl.GL33C.GL_BGRA;
import static org.lwjgl.opengl.GL33C.GL_UNSIGNED_INT_8_8_8_8_REV;
import static org.lwjgl.opengl.GL33C.glReadPixels;

import dev.handsover.frame.ClassForm;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.TensorForm;
import dev.handsover.matte.MatteRefiner;
import dev.handsover.matte.MatteSettings;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.lwjgl.opengl.GL;

/** A window that draws from an engine's pictures on the device shows what it shows of pictures that came down and went up again. */
@Timeout(240)
class WindowShareTest extends OnAScreen {
    private static final int W = 96;
    private static final int H = 64;
    private static final PictureFormat FRAMES = PictureFormat.i420(160, 96, HD);
    private static final PictureFormat WHOLE = PictureFormat.i420(640, 360, HD);

    /** An engine's thread. */
    private static final class Elsewhere implements AutoCloseable {
        private final ExecutorService thread = Executors.newSingleThreadExecutor();

        <T> T run(Callable<T> work) throws Exception {
            Future<T> done = thread.submit(work);
            return done.get(Xvfb.PATIENCE_SECONDS, TimeUnit.SECONDS);
        }

        @Override
        public void close() {
            thread.shutdown();
        }
    }

    private static GlPath path(PictureFormat frames, Look look, @Nullable WindowShare window) {
        PictureFormat canvas = frames.withAlpha(look.transparent());
        TensorForm input = new TensorForm(W, H, true, 4, Collections.nCopies(TensorForm.COEFFICIENTS, 0f));
        ClassForm output =
                new ClassForm(ClassForm.Meaning.PROBABILITY, List.of(true, false), W, H, 1, W * H, 1, 0, 1, 0);
        GlPath path = new GlPath(
                new GlPath.Drawing(
                        frames,
                        canvas,
                        look,
                        Looks.layers(canvas, !(look.background() instanceof Look.Background.Room))),
                new GlPath.Network(input, output, false),
                MatteRefiner.figures(W, H, MatteSettings.DEFAULT),
                3,
                new GlPath.Where(GlPath.Way.BEST, window, GlDevice.NONE));
        for (int i = 0; i < 2 * W * H; i++) {
            path.output().setAtIndex(ValueLayout.JAVA_FLOAT, i, i / W % 20 < 12 ? 0.9f : 0.1f);
        }
        return path;
    }

    private static Frame picture(GlPath path, Frame frame, FramePool pictures) throws InterruptedException {
        path.enter();
        path.take(frame);
        path.awaitInput();
        int place = path.draw(frame.timeNanos());
        assertTrue(path.ready(place, TimeUnit.SECONDS.toNanos(Xvfb.PATIENCE_SECONDS)));
        Frame picture = pictures.take();
        path.fetch(place, picture);
        return picture;
    }

    /** A window's inside, rows from below, as 0xAARRGGBB. */
    private static int[] inside(Screen screen, Frame picture) {
        screen.take(picture);
        screen.draw(null, -1);
        int[] pixels = new int[PLAIN.width() * PLAIN.height()];
        glReadPixels(0, 0, PLAIN.width(), PLAIN.height(), GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, pixels);
        return pixels;
    }

    @TestFactory
    Stream<DynamicTest> bothWaysShowTheSame() {
        return Looks.all().entrySet().stream()
                .map(each -> DynamicTest.dynamicTest(each.getKey(), () -> same(each.getValue())));
    }

    private static void same(Look look) throws Exception {
        int alive = GlCount.alive();
        long window = Glfw.open(PLAIN);
        glfwMakeContextCurrent(window);
        GL.createCapabilities();
        try (Elsewhere engine = new Elsewhere();
                FramePool frames = new FramePool(FRAMES, 1);
                FramePool pictures = new FramePool(FRAMES.withAlpha(look.transparent()), 2);
                WindowShare share = WindowShare.of(window);
                Overlay overlay = new Overlay(new ShownTimes());
                Screen screen = new Screen(false, overlay, new ShadedPicture(false))) {
            screen.size(PLAIN.width(), PLAIN.height(), 1);
            Frame frame = frames.take();
            Looks.paint(frame, 1);
            GlPath there = engine.run(() -> path(FRAMES, look, share));
            assertTrue(there.device().endsWith("the window draws from there"), there.device());
            GlPath down = engine.run(() -> path(FRAMES, look, null));
            Frame onDevice = engine.run(() -> {
                there.pixels(false);
                return picture(there, frame, pictures);
            });
            assertFalse(onDevice.readable());
            Frame inMemory = engine.run(() -> picture(down, frame, pictures));
            assertTrue(inMemory.readable());
            assertNull(inMemory.onDevice());
            int[] one = inside(screen, onDevice);
            int[] other = inside(screen, inMemory);
            for (int i = 0; i < one.length; i++) {
                for (int shift = 0; shift < 24; shift += 8) {
                    assertEquals(one[i] >> shift & 255, other[i] >> shift & 255, 2, "pixel " + i);
                }
            }
            assertTrue(Arrays.stream(one).distinct().count() > 10, "there is something to be seen");
            onDevice.recycle();
            inMemory.recycle();
            engine.run(() -> {
                there.close();
                down.close();
                return true;
            });
        } finally {
            GL.setCapabilities(null);
            glfwMakeContextCurrent(0);
            Glfw.close(window);
        }
        assertEquals(alive, GlCount.alive(), "objects of OpenGL");
    }

    /** What engines leave behind is seen until something newer comes, and no engine draws where the window looks. */
    @Test
    void picturesOutlastTheirEngineAndAreNotDrawnOver() throws Exception {
        int alive = GlCount.alive();
        try (Elsewhere engine = new Elsewhere();
                FramePool frames = new FramePool(WHOLE, 1);
                FramePool pictures = new FramePool(WHOLE, 12);
                Running running = new Running(PLAIN)) {
            Frame frame = bars(frames.take());
            GlPath first =
                    engine.run(() -> path(WHOLE, Looks.look(new Look.Background.Room()), running.window.share()));
            running.show(engine.run(() -> picture(first, frame, pictures)));
            settle(WindowShareTest::barsAreSeen);
            // more pictures than there are places: some wait with others, and what cannot be shared comes down
            Deque<Frame> held = new ArrayDeque<>();
            for (int i = 0; i < 9; i++) {
                held.add(engine.run(() -> {
                    first.pixels(false);
                    fill(frame, 0x3040B0);
                    return picture(first, frame, pictures);
                }));
            }
            assertNotNull(held.getFirst().onDevice());
            assertNull(held.getLast().onDevice(), "all places are with somebody");
            assertTrue(held.getLast().readable());
            engine.run(() -> {
                first.close();
                return true;
            });
            running.window.hud(new Hud(List.of(), List.of(), "drawn anew", 33, null));
            pause(300);
            settle(WindowShareTest::barsAreSeen);
            Frame newer = held.removeFirst();
            running.show(newer);
            settle(() -> assertColor(0x3040B0, screen().screenshot(), 40, 100, "the newer picture"));
            held.forEach(Frame::recycle);
            Xvfb.await("frames are back", () -> pictures.out() == 0);
        }
        assertEquals(alive, GlCount.alive(), "objects of OpenGL");
    }

    private static void barsAreSeen() {
        for (int i = 0; i < COLORS.length; i++) {
            assertColor(COLORS[i], screen().screenshot(), 80 * i + 40, 100, "bar");
        }
    }

    @Test
    void aWindowThatCannotShareIsToldAndGetsPicturesAllTheSame() throws Exception {
        Window.Options glx = new Window.Options("Handsover test", 640, 360, false, false, false, true, true);
        try (Elsewhere engine = new Elsewhere();
                FramePool frames = new FramePool(WHOLE, 1);
                FramePool pictures = new FramePool(WHOLE, 2);
                Running running = new Running(glx)) {
            Frame frame = bars(frames.take());
            GlPath path = engine.run(() -> path(WHOLE, Looks.look(new Look.Background.Room()), running.window.share()));
            assertTrue(
                    path.device().contains("pictures come down for the window: its context is not EGL's"),
                    path.device());
            running.show(engine.run(() -> {
                path.pixels(false);
                return picture(path, frame, pictures);
            }));
            settle(WindowShareTest::barsAreSeen);
            engine.run(() -> {
                path.close();
                return true;
            });
        }
    }

    @Test
    void anEngineMayChangeItsThread() throws Exception {
        try (Elsewhere opener = new Elsewhere();
                Elsewhere engine = new Elsewhere();
                FramePool frames = new FramePool(WHOLE, 1);
                FramePool pictures = new FramePool(WHOLE, 2);
                Running running = new Running(PLAIN)) {
            for (WindowShare share : new WindowShare[] {running.window.share(), null}) {
                Frame frame = bars(frames.take());
                GlPath path = opener.run(() -> {
                    GlPath opened = path(WHOLE, Looks.look(new Look.Background.Room()), share);
                    opened.leave();
                    return opened;
                });
                running.show(engine.run(() -> {
                    Frame picture = picture(path, frame, pictures);
                    path.leave();
                    return picture;
                }));
                settle(WindowShareTest::barsAreSeen);
                opener.run(() -> {
                    path.enter();
                    path.close();
                    return true;
                });
                frame.recycle();
            }
        }
    }

    @Test
    void anEngineOfAnotherCardIsRefused() throws Exception {
        try (Elsewhere engine = new Elsewhere();
                Running running = new Running(PLAIN)) {
            String told = engine.run(() -> {
                WindowShare.Joined joined = WindowShare.join(running.window.share(), 1);
                joined.context().close();
                assertNull(joined.window());
                return joined.told();
            });
            assertEquals("pictures come down for the window: another device than card 1 draws it", told);
        }
    }

    @Test
    void theDeviceOfTheCardIsTriedFirst() {
        GlDevice mesa = new GlDevice(1, GlDevice.NONE);
        GlDevice first = new GlDevice(2, 0);
        GlDevice second = new GlDevice(3, 1);
        List<GlDevice> listed = List.of(mesa, first, second);
        Map<Integer, List<GlDevice>> wanted = Map.of(
                GlDevice.NONE, listed, 0, List.of(first, mesa, second), 1, List.of(second, mesa, first), 7, listed);
        wanted.forEach((card, order) -> assertEquals(order, GlDevice.inOrder(listed, card), "card " + card));
        assertFalse(mesa.is(GlDevice.NONE), "any device is no card's");
        assertTrue(GlDevice.all().stream().noneMatch(device -> device.is(63)));
    }
}
