package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Windows come and go, hold nobody up and leave nothing behind. */
@Timeout(120)
class WindowTest extends OnAScreen {
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
            Failure failure = assertThrows(Failure.class, () -> Window.open(PLAIN, new Untouched()));
            assertEquals(Failure.Kind.DEVICE, failure.kind());
            assertTrue(failure.sentence().contains("--no-window"), failure.sentence());
        } finally {
            Xvfb.environment("DISPLAY", display);
        }
        assertThrows(Failure.class, () -> new Window.Options("x", 0, 10, false, false, false, false, true));
    }
}
