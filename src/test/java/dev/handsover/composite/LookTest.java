package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import java.util.Random;
import org.joml.Matrix3d;
import org.joml.Vector3d;
import org.junit.jupiter.api.Test;

/** Properties of geometry and colour that hold for any values. */
class LookTest {
    private static final PictureFormat WIDE = PictureFormat.i420(192, 108, ColorSpec.assumedFor(108));

    private static Look placed(Look.Placement placement, boolean mirror) {
        return new Look(new Look.Background.Color(0), placement, mirror, 0, 0, false, false, false);
    }

    private static double[] map(Matrix3d m, double u, double v) {
        Vector3d p = m.transform(new Vector3d(u, v, 1));
        return new double[] {p.x / p.z, p.y / p.z};
    }

    @Test
    void theMapAndItsInverseMeet() {
        Random random = new Random(4);
        for (int i = 0; i < 500; i++) {
            Look.Placement placement = i % 2 == 0
                    ? new Look.Placement.Shifted(
                            random.nextFloat() - 0.5f,
                            random.nextFloat() - 0.5f,
                            0.2f + 3 * random.nextFloat(),
                            i % 3 == 0)
                    : new Look.Placement.Corners(
                            0.2f * random.nextFloat(),
                            0.2f * random.nextFloat(),
                            1 - 0.2f * random.nextFloat(),
                            0.2f * random.nextFloat(),
                            1 - 0.2f * random.nextFloat(),
                            1 - 0.2f * random.nextFloat(),
                            0.2f * random.nextFloat(),
                            1 - 0.2f * random.nextFloat());
            Matrix3d forth = placed(placement, i % 5 == 0).canvasToFrame(WIDE, WIDE);
            Matrix3d back = new Matrix3d(forth).invert();
            double u = random.nextDouble();
            double v = random.nextDouble();
            double[] there = map(forth, u, v);
            double[] home = map(back, there[0], there[1]);
            assertEquals(u, home[0], 1e-9);
            assertEquals(v, home[1], 1e-9);
        }
    }

    @Test
    void cornersOfTheCanvasShowTheCornersOfTheDesk() {
        Matrix3d m = placed(new Look.Placement.Corners(0.2f, 0.3f, 0.8f, 0.25f, 1, 1, 0.05f, 0.9f), false)
                .canvasToFrame(WIDE, WIDE);
        double[][] wanted = {{0, 0, 0.2, 0.3}, {1, 0, 0.8, 0.25}, {1, 1, 1, 1}, {0, 1, 0.05, 0.9}};
        for (double[] corner : wanted) {
            double[] there = map(m, corner[0], corner[1]);
            assertEquals(corner[2], there[0], 1e-6);
            assertEquals(corner[3], there[1], 1e-6);
        }
    }

    @Test
    void aShiftMovesToTheRightAndDown() {
        Matrix3d m =
                placed(new Look.Placement.Shifted(0.25f, 0.1f, 2, false), false).canvasToFrame(WIDE, WIDE);
        // the middle of the frame appears a quarter to the right of the canvas's middle
        double[] there = map(m, 0.75, 0.6);
        assertEquals(0.5, there[0], 1e-6);
        assertEquals(0.5, there[1], 1e-6);
        // scaled by two: a tenth of the canvas is a twentieth of the frame
        assertEquals(0.05, map(m, 0.85, 0.6)[0] - 0.5, 1e-6);
    }

    @Test
    void whatWasFilmedKeepsItsShapeOnACanvasOfAnother() {
        PictureFormat upright = WIDE.withSize(108, 192);
        Matrix3d whole = placed(new Look.Placement.Whole(), false).canvasToFrame(upright, WIDE);
        double bar = (1 - 108.0 * 108 / (192 * 192)) / 2; // on each side: the upright picture is as high as the canvas
        assertEquals(0, map(whole, bar, 0)[0], 1e-9);
        assertEquals(1, map(whole, 1 - bar, 1)[0], 1e-9);
        assertEquals(0, map(whole, bar, 0)[1], 1e-9);
        assertEquals(1, map(whole, bar, 1)[1], 1e-9);
        Matrix3d lying = placed(new Look.Placement.Whole(), false).canvasToFrame(WIDE, upright);
        assertEquals(0, map(lying, 0, bar)[1], 1e-9);
        assertEquals(1, map(lying, 1, bar)[0], 1e-9);
        // where the room is shown it fills the canvas, and its upper and lower ends are cut
        Matrix3d room = Look.over(new Look.Background.Room()).canvasToFrame(upright, WIDE);
        assertEquals(bar, map(room, 0, 0)[1], 1e-9);
        assertEquals(1, map(room, 1, 0)[0], 1e-9);
        // shown as wide as the canvas, by pixels that are wider than high
        PictureFormat anamorphic =
                new PictureFormat(108, 108, WIDE.chroma(), false, WIDE.color(), new Rational(192, 108));
        assertEquals(new Matrix3d(), placed(new Look.Placement.Whole(), false).canvasToFrame(anamorphic, WIDE));
        assertEquals(Rational.ONE, anamorphic.shownAs(192, 108).pixelAspect());
        assertEquals(anamorphic.pixelAspect(), anamorphic.shownAs(54, 54).pixelAspect());
        // a pixel more or less of an even size is no other shape
        assertEquals(
                new Matrix3d(), placed(new Look.Placement.Whole(), false).canvasToFrame(WIDE, WIDE.withSize(854, 480)));
    }

    @Test
    void foldedCornersAreRefused() {
        Failure failure =
                assertThrows(Failure.class, () -> new Look.Placement.Corners(0.8f, 0.3f, 0.2f, 0.3f, 1, 1, 0, 1));
        assertEquals(Failure.Kind.USAGE, failure.kind());
    }

    @Test
    void coloursSurviveTheWayThereAndBack() {
        Random random = new Random(5);
        for (ColorSpec.Matrix matrix : ColorSpec.Matrix.values()) {
            for (boolean full : new boolean[] {false, true}) {
                ColorSpec color = new ColorSpec(matrix, full, 2, 2);
                float[] back = color.toRgbMatrix();
                for (int i = 0; i < 200; i++) {
                    double[] rgb = {random.nextDouble(), random.nextDouble(), random.nextDouble()};
                    double[] yuv = color.toYuv(rgb[0], rgb[1], rgb[2]);
                    for (int c = 0; c < 3; c++) {
                        double value = back[4 * c] * yuv[0]
                                + back[4 * c + 1] * yuv[1]
                                + back[4 * c + 2] * yuv[2]
                                + back[4 * c + 3];
                        assertEquals(rgb[c], value, 1e-5);
                    }
                }
            }
        }
    }

    @Test
    void linearLightIsBrighterHalfWay() throws InterruptedException {
        // half of white over black: 188 of 255 in linear light, 128 in the signal
        assertEquals(0.5, LinearBlend.decode(LinearBlend.encode(0.5)), 1e-12);
        assertEquals(0.7354, LinearBlend.encode(0.5), 1e-3);
    }
}
