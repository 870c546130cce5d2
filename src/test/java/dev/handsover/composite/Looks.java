package dev.handsover.composite;

import dev.handsover.StandingPicture;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Frames, mattes and looks that tests of compositors share: a gradient with a disc for a hand. */
public final class Looks {
    static final int CELLS_X = 20;
    static final int CELLS_Y = 12;

    private Looks() {}

    static Look look(Look.Background background) {
        return Look.over(background);
    }

    private static Look with(
            Look.Background background, Look.Placement placement, boolean mirror, float spill, float wrap) {
        return new Look(background, placement, mirror, spill, wrap, false, false, false);
    }

    /** Every look of the program by a name; each value says whether its edges are resampled. */
    public static Map<String, Look> all() {
        Map<String, Look> looks = new LinkedHashMap<>();
        Look.Background blue = new Look.Background.Color(0x204060);
        Look.Placement whole = new Look.Placement.Whole();
        looks.put("color", look(blue));
        looks.put("media", look(new Look.Background.Media()));
        looks.put("blur", look(new Look.Background.Blur(25)));
        looks.put("blur-wide", look(new Look.Background.Blur(180)));
        looks.put("pixelate", look(new Look.Background.Pixelate(24)));
        looks.put("room", look(new Look.Background.Room()));
        looks.put("transparent", look(new Look.Background.Transparent()));
        looks.put("mirror", with(blue, whole, true, 0, 0));
        looks.put("shifted", with(blue, new Look.Placement.Shifted(0.1f, -0.05f, 0.7f, true), false, 0, 0));
        looks.put(
                "corners",
                with(blue, new Look.Placement.Corners(0.1f, 0.2f, 0.9f, 0.15f, 1, 0.95f, 0.05f, 1), false, 0, 0));
        looks.put("spill", with(blue, whole, false, 0.8f, 0));
        looks.put("light-wrap", with(new Look.Background.Media(), whole, false, 0, 0.6f));
        looks.put("spill-wrap", with(new Look.Background.Media(), whole, false, 0.5f, 0.5f));
        looks.put("linear", new Look(blue, whole, false, 0, 0, true, false, false));
        looks.put("only-mask", new Look(blue, whole, false, 0, 0, false, true, false));
        looks.put("colors", new Look(blue, whole, false, 0, 0, false, true, true));
        return looks;
    }

    /** Colourful, different in every corner, with steps and noise. */
    static void paint(Frame frame, int seed) {
        for (int plane = 0; plane < frame.format().planes(); plane++) {
            int w = frame.format().planeWidth(plane);
            int h = frame.format().planeHeight(plane);
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < w; x++) {
                    int wave = (int) (60 * Math.sin((x * (plane + 1.0) + seed * 7) / w * 9)
                            + 50 * Math.cos((y * 1.0 + seed * 3) / h * 7));
                    int noise = Math.floorMod(x * 31 + y * 17 + seed * 13 + plane * 101, 13) - 6;
                    int code = Math.clamp(126 + wave + noise, 16, 235);
                    if (plane == Frame.A) {
                        double r = Math.hypot(x - w * 0.3, y - h * 0.4) / h;
                        code = Math.clamp(Math.round(255 * (0.45 - r) * 6), 0, 255);
                    }
                    frame.plane(plane).set(ValueLayout.JAVA_BYTE, (long) y * frame.stride(plane) + x, (byte) code);
                }
            }
        }
    }

    /** A disc, soft at its rim, that leans a little on luma. */
    static Matte matte(Arena arena, float opacity) {
        MemorySegment a = arena.allocate(4L * CELLS_X * CELLS_Y, 64);
        MemorySegment b = arena.allocate(4L * CELLS_X * CELLS_Y, 64);
        for (int y = 0; y < CELLS_Y; y++) {
            for (int x = 0; x < CELLS_X; x++) {
                double r = Math.hypot((x + 0.5) / CELLS_X - 0.55, ((y + 0.5) / CELLS_Y - 0.5) * 0.6);
                float p = (float) Math.clamp((0.24 - r) * 12 + 0.5, -0.2, 1.2);
                boolean edge = p > 0 && p < 1;
                a.setAtIndex(ValueLayout.JAVA_FLOAT, (long) y * CELLS_X + x, edge ? 0.8f : 0);
                b.setAtIndex(ValueLayout.JAVA_FLOAT, (long) y * CELLS_X + x, edge ? p - 0.4f : p);
            }
        }
        return new Matte(CELLS_X, CELLS_Y, a, b, opacity);
    }

    static Mask mask(Arena arena) {
        MemorySegment classes = arena.allocate((long) CELLS_X * CELLS_Y);
        for (int i = 0; i < CELLS_X * CELLS_Y; i++) {
            classes.set(ValueLayout.JAVA_BYTE, i, (byte) (i % 21));
        }
        MemorySegment plane = arena.allocate(4L * CELLS_X * CELLS_Y, 64);
        return new Mask(CELLS_X, CELLS_Y, plane, plane, classes);
    }

    /** A still picture for a layer. */
    static Pictures still(PictureFormat format, int seed) {
        FramePool pool = new FramePool(format, 1);
        Frame frame;
        try {
            frame = pool.take();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
        paint(frame, seed);
        return new StandingPicture(frame, pool::close);
    }

    public static Layers layers(PictureFormat canvas, boolean graphics) {
        Pictures background = still(canvas.withAlpha(false), 5);
        return graphics
                ? new Layers(
                        background,
                        List.of(still(canvas.withAlpha(true), 2), still(canvas.withAlpha(true), 9)),
                        List.of(still(canvas.withAlpha(true), 3)))
                : new Layers(background, List.of(), List.of());
    }
}
