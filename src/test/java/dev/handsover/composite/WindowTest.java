package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.lwjgl.glfw.GLFW;

/** Real windows on a real X server: what stands on the screen, what keys and mouse do, what is left behind. */
@Timeout(120)
class WindowTest {
    private static final Window.Options PLAIN =
            new Window.Options("Handsover test", 640, 360, false, false, false, false, true);
    private static final ColorSpec HD = ColorSpec.assumedFor(720);
    private static final PictureFormat WIDE = PictureFormat.i420(320, 180, HD);
    private static final int[] COLORS = {0xFFFFFF, 0xE0C020, 0x20B0C0, 0x30A040, 0xB040A0, 0xC03028, 0x3040B0, 0x101010
    };
    private static final Look.Placement.Corners START =
            new Look.Placement.Corners(0.2f, 0.2f, 0.8f, 0.2f, 0.9f, 0.9f, 0.1f, 0.9f);
    private static @Nullable Xvfb opened;

    @BeforeAll
    static void open() throws IOException {
        opened = new Xvfb();
    }

    @AfterAll
    static void shut() throws IOException {
        if (opened != null) {
            opened.close();
        }
    }

    private static Xvfb screen() {
        return Objects.requireNonNull(opened);
    }

    /** A window that its own thread runs. */
    private static final class Running implements Window.Events, AutoCloseable {
        final List<String> heard = new CopyOnWriteArrayList<>();
        final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        final Thread thread;

        @SuppressWarnings("NullAway.Init") // before the constructor ends
        Window window;

        String id = "";
        volatile boolean ended;
        volatile Look.Placement.Corners corners = START;
        volatile Runnable onKey = () -> {};

        Running(Window.Options options) throws InterruptedException {
            CountDownLatch ready = new CountDownLatch(1);
            thread = Thread.ofPlatform().name("window").start(() -> {
                try (Window opened = Window.open(options, this)) {
                    window = opened;
                    ready.countDown();
                    opened.run(() -> ended);
                } catch (Throwable e) {
                    failure.set(e);
                    ready.countDown();
                }
            });
            assertTrue(ready.await(Xvfb.PATIENCE_SECONDS, TimeUnit.SECONDS));
            if (failure.get() == null) {
                id = screen().focus(options.title());
            }
        }

        @Override
        public void key(Key key, boolean down, boolean shift, boolean control) {
            heard.add((down ? "+" : "-") + (control ? "^" : "") + (shift ? "*" : "") + key);
            onKey.run();
        }

        @Override
        public void dropped(List<Path> files) {
            heard.add("dropped " + files);
        }

        @Override
        public void corners(Look.Placement.Corners now) {
            corners = now;
        }

        @Override
        public void closed() {
            heard.add("closed");
        }

        void show(Frame picture) {
            long before = window.shown();
            window.show(picture);
            Xvfb.await("a picture on the screen", () -> window.shown() > before);
        }

        @Override
        public void close() {
            ended = true;
            Xvfb.await("the window ends", () -> !thread.isAlive());
            if (failure.get() != null) {
                throw new AssertionError("the window failed", failure.get());
            }
        }
    }

    private static final class Silent implements Window.Events {
        @Override
        public void key(Key key, boolean down, boolean shift, boolean control) {}

        @Override
        public void dropped(List<Path> files) {}

        @Override
        public void corners(Look.Placement.Corners corners) {}

        @Override
        public void closed() {}
    }

    @Test
    void showsThePicturesColors() throws Exception {
        for (PictureFormat.Chroma chroma : PictureFormat.Chroma.values()) {
            for (ColorSpec color : List.of(HD, ColorSpec.JPEG)) {
                PictureFormat format = new PictureFormat(320, 180, chroma, false, color, Rational.ONE);
                try (FramePool pool = new FramePool(format, 2);
                        Running running = new Running(PLAIN)) {
                    running.show(bars(pool.take()));
                    BufferedImage seen = screen().screenshot();
                    for (int i = 0; i < COLORS.length; i++) {
                        assertColor(COLORS[i], seen, 80 * i + 40, 180, chroma + " " + color);
                        assertColor(COLORS[i], seen, 80 * i + 40, 3, "top");
                        assertColor(COLORS[i], seen, 80 * i + 40, 300, "above the mark");
                    }
                    assertColor(COLORS[7], seen, 20, 345, "the mark is at the lower left");
                    assertColor(COLORS[1], seen, 120, 345, "and nowhere else");
                    assertEquals(0, pool.out(), "the frame is back");
                }
            }
        }
    }

    @Test
    void oddSizesKeepTheirColorsAtTheEdges() throws Exception {
        PictureFormat odd = PictureFormat.i420(33, 19, HD);
        try (FramePool pool = new FramePool(odd, 1);
                Running running = new Running(PLAIN)) {
            Frame picture = pool.take();
            fill(picture, COLORS[5]);
            running.show(picture);
            int[] at = Screen.fit(odd.displayAspect(), 640, 360);
            BufferedImage seen = screen().screenshot();
            assertColor(COLORS[5], seen, at[0] + 1, at[1] + 1, "first");
            assertColor(COLORS[5], seen, at[0] + at[2] - 2, at[1] + at[3] - 2, "last");
        }
    }

    @Test
    void keepsTheAspectInAnyWindow() throws Exception {
        try (FramePool pool = new FramePool(PictureFormat.i420(240, 180, HD), 2);
                Running running = new Running(PLAIN)) {
            Frame picture = pool.take();
            fill(picture, COLORS[2]);
            running.show(picture);
            letterboxed(640, 360, 80, 0, 480, 360);
            screen().xdotool("windowsize", "--sync", running.id, "300", "500");
            settle(() -> letterboxed(300, 500, 0, 137, 300, 225));
            screen().xdotool("windowsize", "--sync", running.id, "900", "300");
            settle(() -> letterboxed(900, 300, 250, 0, 400, 300));
        }
    }

    @Test
    void fullScreenAndBack() throws Exception {
        try (FramePool pool = new FramePool(PictureFormat.i420(320, 200, HD), 2);
                Running running = new Running(PLAIN)) {
            Frame picture = pool.take();
            fill(picture, COLORS[3]);
            running.show(picture);
            screen().xdotool("key", "f");
            settle(() -> {
                assertColor(COLORS[3], screen().screenshot(), 5, 5, "first");
                assertColor(COLORS[3], screen().screenshot(), Xvfb.WIDTH - 5, Xvfb.HEIGHT - 5, "last");
            });
            screen().xdotool("windowfocus", running.id);
            screen().xdotool("key", "Escape");
            settle(() -> {
                assertColor(COLORS[3], screen().screenshot(), 320, 180, "inside");
                assertColor(0, screen().screenshot(), Xvfb.WIDTH - 5, Xvfb.HEIGHT - 5, "outside");
            });
            assertEquals(List.of(), running.heard, "the window's own keys do not arrive");
        }
        Window.Options full = new Window.Options("Handsover test", 640, 360, true, true, true, false, false);
        try (FramePool pool = new FramePool(WIDE, 1);
                Running running = new Running(full)) {
            running.show(bars(pool.take()));
            settle(() -> assertColor(COLORS[7], screen().screenshot(), Xvfb.WIDTH - 5, 400, "whole screen"));
        }
    }

    @Test
    void keysArrive() throws Exception {
        try (Running running = new Running(PLAIN)) {
            screen().xdotool("key", "b");
            screen().xdotool("key", "shift+s");
            screen().xdotool("key", "ctrl+q");
            screen().xdotool("key", "bracketleft", "bracketright", "minus", "equal", "F5", "space", "Escape");
            screen().xdotool("keydown", "o");
            Xvfb.await("O goes down", () -> running.heard.contains("+O"));
            assertFalse(running.heard.contains("-O"));
            screen().xdotool("keyup", "o");
            Xvfb.await("O goes up", () -> running.heard.contains("-O"));
            assertEquals(
                    List.of(
                            "+B",
                            "-B",
                            "+*S",
                            "-S",
                            "+^Q",
                            "-Q",
                            "+LEFT_BRACKET",
                            "-LEFT_BRACKET",
                            "+RIGHT_BRACKET",
                            "-RIGHT_BRACKET",
                            "+MINUS",
                            "-MINUS",
                            "+EQUAL",
                            "-EQUAL",
                            "+F5",
                            "-F5",
                            "+SPACE",
                            "-SPACE",
                            "+ESCAPE",
                            "-ESCAPE",
                            "+O",
                            "-O"),
                    running.heard);
        }
    }

    @Test
    void keysAreLetGoWhenTheWindowLosesTheKeyboard() throws Exception {
        try (Running running = new Running(PLAIN)) {
            screen().xdotool("keydown", "o");
            Xvfb.await("O goes down", () -> running.heard.contains("+O"));
            String root = screen().xdotool("search", "--maxdepth", "0", "");
            screen().xdotool("windowfocus", root);
            Xvfb.await("O counts as let go while it is still down", () -> running.heard.contains("-O"));
            screen().xdotool("keyup", "o");
        }
    }

    @Test
    void filesThatAreDroppedArrive() throws Exception {
        assumeTrue(Xvfb.installed("python3"), "skipped: nothing here can drop files (apt-get install python3)");
        Path picture = Path.of("a desk & ünder it.png").toAbsolutePath();
        Path video = Path.of("b.mp4").toAbsolutePath();
        try (Running running = new Running(PLAIN)) {
            String said = screen().run(
                            "python3",
                            "src/test/resources/drop-files.py",
                            running.id,
                            picture.toString(),
                            video.toString());
            assertEquals("dropped", said);
            Xvfb.await("files arrive", () -> !running.heard.isEmpty());
            assertEquals(List.of("dropped " + List.of(picture, video)), running.heard);
        }
    }

    @Test
    void cornersFollowTheMouse() throws Exception {
        try (FramePool pool = new FramePool(WIDE, 1);
                Running running = new Running(PLAIN)) {
            running.show(bars(pool.take()));
            running.window.hud(new Hud(List.of(), List.of(), "", 33, START));
            settle(() -> assertColor(0xFFFFFF, screen().screenshot(), 320, 72, "a line between two corners"));
            screen().xdotool("mousemove", "128", "72", "mousedown", "1", "mousemove", "192", "108");
            Xvfb.await("a corner moves", () -> running.corners.x1() > 0.29f);
            assertEquals(0.3f, running.corners.x1(), 0.01f);
            assertEquals(0.3f, running.corners.y1(), 0.01f);
            assertEquals(0.8f, running.corners.x2(), 1e-6f);
            screen().xdotool("mousemove", "630", "350");
            pause(100);
            assertTrue(running.corners.x1() < 0.9f, "four corners stay convex");
            screen().xdotool("mousemove", "192", "108", "mouseup", "1", "mousemove", "1200", "700");
            pause(300);
            Goldens.check("window-corners", part(640, 360), 12);
        }
    }

    @Test
    void lettersGrowWithThePixelsOfTheScreen() throws Exception {
        assumeTrue(Xvfb.installed("xprop"), "skipped: there is no xprop here (apt-get install x11-utils)");
        screen().run("xprop", "-root", "-f", "RESOURCE_MANAGER", "8s", "-set", "RESOURCE_MANAGER", "Xft.dpi:\t192\n");
        try (FramePool pool = new FramePool(WIDE, 1);
                Running running = new Running(PLAIN)) {
            running.show(bars(pool.take()));
            running.window.hud(new Hud(FIGURES, Hud.keys(false), "The camera is unplugged; waiting for it.", 33, null));
            pause(500);
            BufferedImage seen = part(1280, 720);
            assertColor(COLORS[6], seen, 1000, 700, "the window has twice the pixels");
            ImageIO.write(seen, "png", Path.of("target/window-dense.png").toFile());
            assertEquals(
                    panelHeight(
                                    ImageIO.read(Path.of("src/test/resources/golden/window-figures.png")
                                            .toFile()),
                                    5)
                            * 2.0,
                    panelHeight(seen, 10),
                    12,
                    "the panel too");
        } finally {
            screen().run("xprop", "-root", "-remove", "RESOURCE_MANAGER");
        }
    }

    /** Rows that the panel at the top left darkens. */
    private static int panelHeight(BufferedImage seen, int margin) {
        int rows = 0;
        for (int y = 0; y < seen.getHeight() * 3 / 4; y++) {
            rows += (seen.getRGB(3 * margin, y) & 255) < 150 ? 1 : 0;
        }
        return rows;
    }

    @Test
    void keysGoByWhatStandsOnThem() throws Exception {
        assertEquals(Key.A, Key.of(GLFW.GLFW_KEY_Q, "a"));
        assertEquals(Key.M, Key.of(GLFW.GLFW_KEY_SEMICOLON, "m"));
        assertEquals(Key.A, Key.of(GLFW.GLFW_KEY_A, "ф"));
        assertEquals(Key.LEFT_BRACKET, Key.of(GLFW.GLFW_KEY_LEFT_BRACKET, "ü"));
        assertEquals(Key.MINUS, Key.of(GLFW.GLFW_KEY_SLASH, "-"));
        assertEquals(Key.F12, Key.of(GLFW.GLFW_KEY_F12, null));
        assertEquals(null, Key.of(GLFW.GLFW_KEY_M, ","));
        assertEquals(null, Key.of(GLFW.GLFW_KEY_LEFT_SHIFT, null));
        assumeTrue(Xvfb.installed("setxkbmap"), "skipped: there is no setxkbmap here");
        screen().run("setxkbmap", "fr");
        try (Running running = new Running(PLAIN)) {
            screen().xdotool("key", "q", "m");
            Xvfb.await("keys arrive", () -> running.heard.size() == 4);
            assertEquals(List.of("+Q", "-Q", "+M", "-M"), running.heard);
        } finally {
            screen().run("setxkbmap", "us");
        }
    }

    private static final List<String> FIGURES = List.of(
            "Handsover\t30.0 fps   0 dropped",
            "camera\t1280 × 720 mjpeg 30",
            "tier\thost, kernels x86-64-v4, CPU compositor",
            "model\thands   320 × 192",
            "segment\tp50 6.4   p95 7.9 ms",
            "matte\tp50 1.1   p95 1.4 ms",
            "composite\tp50 0.9   p95 1.2 ms",
            "hands\t17 % of the picture");

    @Test
    void figuresStandOverThePicture() throws Exception {
        try (FramePool pool = new FramePool(WIDE, 4);
                Running running = new Running(PLAIN)) {
            running.show(bars(pool.take()));
            running.window.hud(new Hud(FIGURES, List.of(), "The camera is unplugged; waiting for it.", 33, null));
            pause(500);
            Goldens.check("window-figures", part(640, 360), 12);
            for (int i = 0; i < 120; i++) {
                Frame picture = bars(pool.take());
                picture.captured(System.nanoTime() - (long) ((20 + 12 * Math.sin(i / 9.0)) * 1e6));
                running.show(picture);
            }
            pause(600);
            Frame last = bars(pool.take());
            last.captured(System.nanoTime() - 60_000_000);
            running.show(last);
            BufferedImage seen = part(640, 360);
            ImageIO.write(seen, "png", Path.of("target/window-curve.png").toFile());
            int bars = 0;
            for (int y = 180; y < 240; y++) {
                for (int x = 18; x < 245; x++) {
                    int rgb = seen.getRGB(x, y);
                    bars += (rgb >> 8 & 255) > (rgb & 255) + 60
                            ? 1
                            : 0; // green and amber, unlike what is below the panel
                }
            }
            assertTrue(bars > 500, "the curve is drawn: " + bars);
            assertTrue(running.window.ageMillis(50) > 8, "from camera to screen");
            assertTrue(running.window.presentMillis(50) > 0);
        }
    }

    @Test
    void helpListsTheKeys() throws Exception {
        try (FramePool pool = new FramePool(WIDE, 1);
                Running running = new Running(PLAIN)) {
            running.show(bars(pool.take()));
            running.window.hud(new Hud(List.of(), Hud.keys(true), "", 33, null));
            pause(500);
            Goldens.check("window-help", part(640, 360), 12);
            assertEquals(Hud.keys(true).size() - 1, Hud.keys(false).size(), "O is told only where it is allowed");
        }
    }

    @Test
    void whatIsTransparentShowsABoardOrTheDesktop() throws Exception {
        PictureFormat format = WIDE.withAlpha(true);
        try (FramePool pool = new FramePool(format, 1);
                Running running = new Running(PLAIN)) {
            running.show(halfClear(pool.take()));
            BufferedImage seen = screen().screenshot();
            assertColor(COLORS[5], seen, 480, 180, "the opaque half");
            assertColor(0x808080, seen, 40, 5, "dark square");
            assertColor(0x9E9E9E, seen, 5, 5, "light square");
        }
        assumeTrue(Xvfb.installed("xcompmgr"), "the desktop does not show through here: there is no xcompmgr");
        Process composing = screen().start("xcompmgr");
        pause(500);
        Window.Options clear = new Window.Options("Handsover test", 640, 360, false, true, false, true, true);
        Window.Options under = new Window.Options("Handsover under", 640, 360, false, true, false, false, true);
        try (FramePool pool = new FramePool(format, 1);
                FramePool opaque = new FramePool(WIDE, 1);
                Running below = new Running(under)) {
            below.show(bars(opaque.take()));
            try (Running running = new Running(clear)) {
                running.show(halfClear(pool.take()));
                settle(() -> {
                    // the composed screen is in the overlay that xcompmgr paints on the root window
                    BufferedImage seen = screen().screenshot();
                    assertColor(COLORS[5], seen, 480, 180, "the hands");
                    assertColor(COLORS[1], seen, 120, 180, "the window below");
                });
                ImageIO.write(
                        part(640, 360),
                        "png",
                        Path.of("target/window-transparent.png").toFile());
            }
        } finally {
            composing.destroy();
            composing.waitFor(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void nobodyWaitsForTheWindow() throws Exception {
        try (FramePool pool = new FramePool(WIDE, 3);
                Running running = new Running(PLAIN)) {
            CountDownLatch stuck = new CountDownLatch(1);
            running.onKey = () -> {
                try {
                    stuck.await(Xvfb.PATIENCE_SECONDS, TimeUnit.SECONDS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            };
            screen().xdotool("key", "b");
            Xvfb.await("the window is busy", () -> running.heard.contains("+B"));
            long before = running.window.replaced();
            long shown = running.window.shown();
            long start = System.nanoTime();
            for (int i = 0; i < 10_000; i++) {
                running.window.show(pool.take());
                running.window.hud(Hud.NONE);
            }
            double seconds = (System.nanoTime() - start) / 1e9;
            assertTrue(seconds < 5, "10000 pictures handed over in " + seconds + " s");
            assertEquals(9_999.0, (double) (running.window.replaced() - before), 1);
            assertEquals(shown, running.window.shown());
            stuck.countDown();
            Xvfb.await("the last picture", () -> running.window.shown() > shown);
        }
    }

    @Test
    void minimisedItTakesEverythingAndDrawsNothingAndTheUserClosesIt() throws Exception {
        assumeTrue(Xvfb.installed("openbox"), "skipped: no window manager here (apt-get install openbox)");
        Process manager = screen().start("openbox", "--sm-disable");
        pause(500);
        try (FramePool pool = new FramePool(WIDE, 3);
                Running running = new Running(PLAIN)) {
            running.show(bars(pool.take()));
            screen().xdotool("windowminimize", "--sync", running.id);
            pause(300);
            long shown = running.window.shown();
            for (int i = 0; i < 50; i++) {
                running.window.show(pool.take());
                pause(5);
            }
            Xvfb.await("all frames are back", () -> pool.out() == 0);
            assertEquals(shown, running.window.shown());
            screen().xdotool("windowmap", "--sync", running.id);
            running.show(bars(pool.take()));
            screen().xdotool("windowfocus", "--sync", running.id, "key", "alt+F4");
            Xvfb.await("the user closes it", () -> running.heard.contains("closed"));
            Xvfb.await("and it ends", () -> !running.thread.isAlive());
        } finally {
            manager.destroy();
            manager.waitFor(5, TimeUnit.SECONDS);
        }
    }

    @Test
    void livesBesideOpenGlWithoutAWindow() throws Exception {
        PictureFormat format = PictureFormat.i420(192, 108, HD);
        Look look = Objects.requireNonNull(Looks.all().get("color"));
        try (FramePool frames = new FramePool(format, 2);
                FramePool pictures = new FramePool(format, 3);
                Running running = new Running(PLAIN);
                Arena arena = Arena.ofConfined();
                GlCompositor compositor = new GlCompositor(format, format, look, Looks.layers(format, false))) {
            Frame frame = frames.take();
            for (int i = 0; i < 5; i++) {
                Frame picture = pictures.take();
                Looks.paint(frame, 1);
                compositor.compose(frame, Looks.matte(arena, 1), Looks.mask(arena), picture);
                BufferedImage wanted = Goldens.image(picture);
                running.show(picture);
                int rgb = wanted.getRGB(2, 2);
                settle(() -> assertColor(rgb, screen().screenshot(), 8, 8, "as the compositor drew it"));
            }
        }
    }

    @Test
    void twentyWindowsLeaveNothingBehind() throws Exception {
        int objects = -1;
        long handles = -1;
        try (FramePool pool = new FramePool(WIDE, 2)) {
            for (int i = 0; i < 22; i++) {
                try (Running running = new Running(PLAIN)) {
                    running.window.hud(new Hud(FIGURES, Hud.keys(true), "Hello.", 33, null));
                    running.show(bars(pool.take()));
                    running.window.show(pool.take());
                }
                assertEquals(0, pool.out(), "frames are back");
                if (i == 1) {
                    objects = GlCount.alive();
                    handles = handles();
                }
            }
            assertEquals(objects, GlCount.alive(), "objects of OpenGL");
            assertEquals((double) handles, (double) handles(), 1, "open files");
        }
    }

    private static long handles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void whatEventsThrowEndsTheWindow() throws Exception {
        Running running = new Running(PLAIN);
        running.onKey = () -> {
            throw new IllegalStateException("on purpose");
        };
        screen().xdotool("key", "b");
        running.thread.join(TimeUnit.SECONDS.toMillis(Xvfb.PATIENCE_SECONDS));
        assertEquals("on purpose", Objects.requireNonNull(running.failure.get()).getMessage());
    }

    @Test
    void picturesAfterTheEndGoBack() throws Exception {
        try (FramePool pool = new FramePool(WIDE, 1)) {
            Running running = new Running(PLAIN);
            running.close();
            running.window.show(pool.take());
            running.window.hud(Hud.NONE);
            assertEquals(0, pool.out());
        }
    }

    @Test
    void withoutADisplayASentenceSaysWhatToDo() throws Exception {
        String display = screen().display();
        Xvfb.environment("DISPLAY", null);
        try {
            Failure failure = assertThrows(Failure.class, () -> Window.open(PLAIN, new Silent()));
            assertEquals(Failure.Kind.DEVICE, failure.kind());
            assertTrue(failure.sentence().contains("--no-window"), failure.sentence());
        } finally {
            Xvfb.environment("DISPLAY", display);
        }
        assertThrows(Failure.class, () -> new Window.Options("x", 0, 10, false, false, false, false, true));
    }

    private static void settle(Runnable check) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(5);
        while (true) {
            try {
                check.run();
                return;
            } catch (AssertionError e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    private static void letterboxed(int width, int height, int left, int top, int across, int down) {
        BufferedImage seen = screen().screenshot();
        assertColor(COLORS[2], seen, left + 2, top + 2, "first of the picture");
        assertColor(COLORS[2], seen, left + across - 3, top + down - 3, "last of the picture");
        if (left > 4) {
            assertColor(0, seen, left - 3, height / 2, "left of it");
            assertColor(0, seen, left + across + 2, height / 2, "right of it");
        }
        if (top > 4) {
            assertColor(0, seen, width / 2, top - 3, "above it");
            assertColor(0, seen, width / 2, top + down + 2, "below it");
        }
    }

    private static void pause(int millis) {
        LockSupport.parkNanos(millis * 1_000_000L);
    }

    private static BufferedImage part(int width, int height) {
        BufferedImage whole = screen().screenshot();
        BufferedImage copy = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        copy.getGraphics().drawImage(whole, 0, 0, null);
        return copy;
    }

    private static void assertColor(int wanted, BufferedImage seen, int x, int y, String where) {
        int rgb = seen.getRGB(x, y);
        for (int shift = 0; shift < 24; shift += 8) {
            assertEquals(
                    wanted >> shift & 255,
                    rgb >> shift & 255,
                    4,
                    () -> where + ": " + Integer.toHexString(rgb) + " at " + x + ", " + y + " for "
                            + Integer.toHexString(wanted));
        }
    }

    /** Eight upright bars, and a dark mark at the lower left. */
    private static Frame bars(Frame picture) {
        int shift = picture.format().chroma().shift;
        for (int plane = 0; plane < 3; plane++) {
            int down = plane == 0 ? 0 : shift;
            for (int y = 0; y < picture.format().planeHeight(plane); y++) {
                for (int x = 0; x < picture.format().planeWidth(plane); x++) {
                    boolean mark = x << down < 20 && y << down > 160;
                    int rgb = COLORS[mark ? 7 : (x << down) * 8 / picture.width()];
                    set(picture, plane, x, y, code(picture, plane, rgb));
                }
            }
        }
        return picture;
    }

    private static void fill(Frame picture, int rgb) {
        picture.fill(code(picture, 0, rgb), code(picture, 1, rgb), code(picture, 2, rgb), 255);
    }

    private static Frame halfClear(Frame picture) {
        fill(picture, COLORS[5]);
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width() / 2; x++) {
                set(picture, Frame.A, x, y, 0);
            }
        }
        return picture;
    }

    private static int code(Frame picture, int plane, int rgb) {
        double[] yuv = picture.format()
                .color()
                .toYuv((rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
        return (int) Math.round(Math.clamp(yuv[plane], 0, 255));
    }

    private static void set(Frame picture, int plane, int x, int y, int code) {
        picture.plane(plane).set(ValueLayout.JAVA_BYTE, (long) y * picture.stride(plane) + x, (byte) code);
    }
}
