package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What stands on the screen: colours, aspect, the whole screen, the desktop behind, figures and help over it. */
@Timeout(120)
class WindowPictureTest extends OnAScreen {
    @Test
    void showsThePicturesColors() throws Exception {
        for (PictureFormat.Chroma chroma : PictureFormat.Chroma.values()) {
            for (ColorSpec color : List.of(HD, ColorSpec.JPEG)) {
                PictureFormat format = new PictureFormat(320, 180, chroma, false, color, Rational.ONE);
                try (FramePool pool = new FramePool(format, 2);
                        Running running = new Running(PLAIN)) {
                    running.show(bars(pool.take()));
                    settle(() -> barsAreSeen(chroma + " " + color));
                    assertEquals(0, pool.out(), "the frame is back");
                }
            }
        }
    }

    private static void barsAreSeen(String what) {
        BufferedImage seen = screen().screenshot();
        for (int i = 0; i < COLORS.length; i++) {
            assertColor(COLORS[i], seen, 80 * i + 40, 180, what);
            assertColor(COLORS[i], seen, 80 * i + 40, 3, "top");
            assertColor(COLORS[i], seen, 80 * i + 40, 300, "above the mark");
        }
        assertColor(COLORS[7], seen, 20, 345, "the mark is at the lower left");
        assertColor(COLORS[1], seen, 120, 345, "and nowhere else");
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
            settle(() -> {
                BufferedImage seen = screen().screenshot();
                assertColor(COLORS[5], seen, at[0] + 1, at[1] + 1, "first");
                assertColor(COLORS[5], seen, at[0] + at[2] - 2, at[1] + at[3] - 2, "last");
            });
        }
    }

    @Test
    void keepsTheAspectInAnyWindow() throws Exception {
        try (FramePool pool = new FramePool(PictureFormat.i420(240, 180, HD), 2);
                Running running = new Running(PLAIN)) {
            Frame picture = pool.take();
            fill(picture, COLORS[2]);
            running.show(picture);
            settle(() -> letterboxed(640, 360, 80, 0, 480, 360));
            screen().xdotool("windowsize", "--sync", running.id, "300", "500");
            settle(() -> letterboxed(300, 500, 0, 137, 300, 225));
            screen().xdotool("windowsize", "--sync", running.id, "900", "300");
            settle(() -> letterboxed(900, 300, 250, 0, 400, 300));
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
    void whatIsTransparentShowsABoardOrTheDesktop() throws Exception {
        PictureFormat format = WIDE.withAlpha(true);
        try (FramePool pool = new FramePool(format, 1);
                Running running = new Running(PLAIN)) {
            running.show(halfClear(pool.take()));
            settle(() -> {
                BufferedImage seen = screen().screenshot();
                assertColor(COLORS[5], seen, 480, 180, "the opaque half");
                assertColor(0x808080, seen, 40, 5, "dark square");
                assertColor(0x9E9E9E, seen, 5, 5, "light square");
            });
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

    private static Frame halfClear(Frame picture) {
        fill(picture, COLORS[5]);
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width() / 2; x++) {
                set(picture, Frame.A, x, y, 0);
            }
        }
        return picture;
    }

    @Test
    void figuresStandOverThePicture() throws Exception {
        try (FramePool pool = new FramePool(WIDE, 4);
                Running running = new Running(PLAIN)) {
            running.show(bars(pool.take()));
            running.window.hud(new Hud(FIGURES, List.of(), "The camera is unplugged; waiting for it.", 33, null));
            pause(500);
            golden("window-figures");
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
            golden("window-help");
            assertEquals(Hud.keys(true).size() - 1, Hud.keys(false).size(), "O is told only where it is allowed");
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
}
