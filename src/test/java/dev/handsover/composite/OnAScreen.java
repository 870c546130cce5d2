package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Real windows on a real X server in memory, one for each class of tests, and pictures whose colours are known. */
abstract class OnAScreen {
    static final Window.Options PLAIN =
            new Window.Options("Handsover test", 640, 360, false, false, false, false, true);
    static final ColorSpec HD = ColorSpec.assumedFor(720);
    static final PictureFormat WIDE = PictureFormat.i420(320, 180, HD);
    static final int[] COLORS = {0xFFFFFF, 0xE0C020, 0x20B0C0, 0x30A040, 0xB040A0, 0xC03028, 0x3040B0, 0x101010};

    static final List<String> FIGURES = List.of(
            "Handsover\t30.0 fps   0 dropped",
            "camera\t1280 × 720 mjpeg 30",
            "tier\thost, kernels x86-64-v4, CPU compositor",
            "model\thands   320 × 192",
            "segment\tp50 6.4   p95 7.9 ms",
            "matte\tp50 1.1   p95 1.4 ms",
            "composite\tp50 0.9   p95 1.2 ms",
            "hands\t17 % of the picture");
    static @Nullable Xvfb opened;

    @BeforeAll
    static void openScreen() throws IOException {
        opened = new Xvfb();
    }

    @AfterAll
    static void closeScreen() throws IOException {
        if (opened != null) {
            opened.close();
        }
    }

    static Xvfb screen() {
        return Objects.requireNonNull(opened);
    }

    /** A window that its own thread runs. */
    static final class Running implements Window.Events, AutoCloseable {
        final List<String> heard = new CopyOnWriteArrayList<>();
        final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
        final Thread thread;

        @SuppressWarnings("NullAway.Init") // before the constructor ends
        Window window;

        String id = "";
        volatile boolean ended;
        volatile Look.Placement.@Nullable Corners corners;
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

    static void settle(Runnable check) {
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

    /** The window's inside is the golden picture, or becomes it: the screen may show a picture a moment after it was swapped. */
    static void golden(String name) {
        settle(() -> Goldens.check(name, part(640, 360), 12));
    }

    static void pause(int millis) {
        LockSupport.parkNanos(millis * 1_000_000L);
    }

    static BufferedImage part(int width, int height) {
        BufferedImage whole = screen().screenshot();
        BufferedImage copy = new BufferedImage(width, height, BufferedImage.TYPE_INT_ARGB);
        copy.getGraphics().drawImage(whole, 0, 0, null);
        return copy;
    }

    static void assertColor(int wanted, BufferedImage seen, int x, int y, String where) {
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
    static Frame bars(Frame picture) {
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

    static void fill(Frame picture, int rgb) {
        picture.fill(code(picture, 0, rgb), code(picture, 1, rgb), code(picture, 2, rgb), 255);
    }

    static int code(Frame picture, int plane, int rgb) {
        double[] yuv = picture.format()
                .color()
                .toYuv((rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
        return (int) Math.round(Math.clamp(yuv[plane], 0, 255));
    }

    static void set(Frame picture, int plane, int x, int y, int code) {
        picture.plane(plane).set(ValueLayout.JAVA_BYTE, (long) y * picture.stride(plane) + x, (byte) code);
    }
}
