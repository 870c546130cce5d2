package dev.handsover.composite;

import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import java.util.Optional;
import org.joml.Matrix3d;

/**
 * What stands behind and over the hands, and how the hands are put there. Layers from below: background, {@code under}
 * pictures, hands, {@code over} pictures; the pictures themselves arrive as {@link Layers}.
 *
 * @param background what replaces the room
 * @param placement where the hands go on the canvas
 * @param mirror the whole hands layer flipped left to right, as in a looking glass
 * @param spill 0..1, how much of the old background's colour is taken out of the hands' edges
 * @param lightWrap 0..1, how much light of the new background falls on the hands' edges
 * @param linear blends in linear light instead of in the gamma-coded signal
 * @param onlyMask draws the matte as gray instead of any picture
 * @param colors with onlyMask: draws the class of each cell in its colour
 */
public record Look(
        Background background,
        Placement placement,
        boolean mirror,
        float spill,
        float lightWrap,
        boolean linear,
        boolean onlyMask,
        boolean colors) {

    /** What replaces everything that is not a hand. */
    public sealed interface Background {
        /** One colour, sRGB 0xRRGGBB. */
        record Color(int rgb) implements Background {}

        /** A picture, video or slides: {@link Layers#background}. */
        record Media() implements Background {}

        /** The room itself, out of focus: standard deviation in pixels of a 720-line picture. Never made from the hands' pixels. */
        record Blur(float radius) implements Background {}

        /** The room itself in blocks of so many pixels of a 720-line picture. Never made from the hands' pixels. */
        record Pixelate(int block) implements Background {}

        /** Nothing: the output has an alpha plane. */
        record Transparent() implements Background {}

        /** The frame itself, for drawing graphics over and under the hands. */
        record Room() implements Background {}
    }

    /** Where the hands layer goes: at most one of a shift with scale, and four corners. */
    public sealed interface Placement {
        /** As filmed. */
        record Whole() implements Placement {}

        /**
         * The hands layer scaled about its centre and shifted.
         *
         * @param x shift to the right in canvas widths
         * @param y shift down in canvas heights
         * @param scale 0.05..20, 1 is as filmed
         * @param flip left to right
         */
        record Shifted(float x, float y, float scale, boolean flip) implements Placement {
            public Shifted {
                if (!(scale >= 0.05f && scale <= 20f)) {
                    throw Failure.usage("The scale of --hands-position goes from 0.05 to 20, not " + scale + ".");
                }
            }
        }

        /**
         * Four corners of a desk in the filmed picture, clockwise from the top left, as fractions of its width and height,
         * which become the corners of the canvas: {@code x1, y1, … x4, y4}.
         */
        record Corners(float x1, float y1, float x2, float y2, float x3, float y3, float x4, float y4)
                implements Placement {
            public Corners {
                double[] xs = {x1, x2, x3, x4};
                double[] ys = {y1, y2, y3, y4};
                for (int i = 0; i < 4; i++) {
                    int j = (i + 1) % 4;
                    int k = (i + 2) % 4;
                    double turn = (xs[j] - xs[i]) * (ys[k] - ys[j]) - (ys[j] - ys[i]) * (xs[k] - xs[j]);
                    if (!(turn > 1e-6)) {
                        throw Failure.usage("--place-perspective takes the four corners of a convex area clockwise from"
                                + " the top left, as fractions of the picture, e.g. 0.2,0.3,0.8,0.3,1,1,0,1.");
                    }
                }
            }
        }
    }

    public Look {
        if (!(spill >= 0 && spill <= 1)) {
            throw Failure.usage("--spill goes from 0 to 1, not " + spill + ".");
        }
        if (!(lightWrap >= 0 && lightWrap <= 1)) {
            throw Failure.usage("--light-wrap goes from 0 to 1, not " + lightWrap + ".");
        }
        if (colors && !onlyMask) {
            throw Failure.usage("--colors draws the classes of a mask: add --only-mask.");
        }
        check(background);
    }

    private static void check(Background background) {
        Optional<String> fault =
                switch (background) {
                    case Background.Blur(float radius)
                    when !(radius > 0 && radius <= 200) ->
                        Optional.of("blur:RADIUS goes from above 0 to 200 pixels, not " + radius + ".");
                    case Background.Pixelate(int block)
                    when block < 2 || block > 512 ->
                        Optional.of("pixelate:BLOCK goes from 2 to 512 pixels, not " + block + ".");
                    default -> Optional.empty();
                };
        if (fault.isPresent()) {
            throw Failure.usage(fault.get());
        }
    }

    /**
     * Maps a place on the canvas to the place in the frame that is seen there; both as fractions of width and height with
     * (0, 0) at the top left corner, homogeneous: {@code (u', v', w) = m · (u, v, 1)}. Square to quadrilateral after
     * Heckbert, "Fundamentals of Texture Mapping and Image Warping", 1989, section 2.2.3.
     *
     * <p>What was filmed keeps its shape on a canvas of another: all of it lies in the middle, or, where the room itself is
     * shown, it fills the canvas and is cut. Four corners become the canvas's, and classes in colours fill it.
     */
    public Matrix3d canvasToFrame(PictureFormat frames, PictureFormat canvas) {
        Matrix3d map =
                switch (placement) {
                    case Placement.Whole() -> shape(frames, canvas);
                    case Placement.Shifted(float x, float y, float scale, boolean flip) -> {
                        double sx = (flip ? -1 : 1) / (double) scale;
                        double sy = 1 / (double) scale;
                        // JOML fills column by column
                        yield shape(frames, canvas)
                                .mul(new Matrix3d(sx, 0, 0, 0, sy, 0, 0.5 - sx * (0.5 + x), 0.5 - sy * (0.5 + y), 1));
                    }
                    case Placement.Corners c -> squareTo(c);
                };
        // the looking glass stands before everything else: what is seen on the left was filmed on the right
        return mirror ? map.mul(new Matrix3d(-1, 0, 0, 0, 1, 0, 1, 0, 1)) : map;
    }

    private Matrix3d shape(PictureFormat frames, PictureFormat canvas) {
        double wider = canvas.displayAspect() / frames.displayAspect();
        boolean alike =
                Math.abs(wider - 1) * Math.max(canvas.width(), canvas.height()) < 2; // within a pixel at each side
        if (alike || colors) {
            return new Matrix3d();
        }
        boolean room = background instanceof Background.Room
                || background instanceof Background.Blur
                || background instanceof Background.Pixelate;
        double x = wider > 1 == room ? 1 : wider;
        double y = wider > 1 == room ? 1 / wider : 1;
        return new Matrix3d(x, 0, 0, 0, y, 0, 0.5 - x / 2, 0.5 - y / 2, 1);
    }

    private static Matrix3d squareTo(Placement.Corners c) {
        double dx1 = c.x2() - c.x3();
        double dx2 = c.x4() - c.x3();
        double sx = c.x1() - c.x2() + c.x3() - c.x4();
        double dy1 = c.y2() - c.y3();
        double dy2 = c.y4() - c.y3();
        double sy = c.y1() - c.y2() + c.y3() - c.y4();
        double det = dx1 * dy2 - dx2 * dy1;
        double g = (sx * dy2 - dx2 * sy) / det;
        double h = (dx1 * sy - sx * dy1) / det;
        return new Matrix3d(
                c.x2() - c.x1() + g * c.x2(),
                c.y2() - c.y1() + g * c.y2(),
                g,
                c.x4() - c.x1() + h * c.x4(),
                c.y4() - c.y1() + h * c.y4(),
                h,
                c.x1(),
                c.y1(),
                1);
    }

    /** Hands as filmed over one background. */
    public static Look over(Background background) {
        return new Look(background, new Placement.Whole(), false, 0, 0, false, false, false);
    }

    /** The matte alone, as gray video. */
    public static Look mask() {
        return new Look(new Background.Color(0), new Placement.Whole(), false, 0, 0, false, true, false);
    }

    /** True when composited pictures carry an alpha plane. */
    public boolean transparent() {
        return background instanceof Background.Transparent && !onlyMask;
    }
}
