package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Pixels;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.PictureFormat.Chroma;
import dev.handsover.frame.Rational;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every compositor draws every look as the plain Java one does. */
class CompositorContractTest {
    private static final int ODD_WIDTH = 159;
    private static final int ODD_HEIGHT = 91;

    private record Case(String name, PictureFormat frames, PictureFormat canvas, Look look, boolean graphics) {}

    private static List<Case> cases() {
        List<Case> cases = new ArrayList<>();
        ColorSpec limited = new ColorSpec(ColorSpec.Matrix.BT709, false, 1, 1);
        PictureFormat half = PictureFormat.i420(320, 192, limited);
        PictureFormat odd = PictureFormat.i420(ODD_WIDTH, ODD_HEIGHT, ColorSpec.assumedFor(480));
        PictureFormat full = new PictureFormat(160, 96, Chroma.C444, false, ColorSpec.JPEG, Rational.ONE);
        for (PictureFormat frames : List.of(half, odd, full)) {
            Looks.all().forEach((name, look) -> {
                PictureFormat canvas = frames.withAlpha(look.transparent());
                String label = name + " " + frames.width() + "×" + frames.height() + " " + frames.chroma();
                cases.add(new Case(label, frames, canvas, look, false));
                cases.add(new Case(label + " with graphics", frames, canvas, look, true));
            });
        }
        cases.add(new Case(
                "other canvas size", half, half.withSize(200, 150), Looks.look(new Look.Background.Media()), true));
        PictureFormat upright = half.withSize(108, 192);
        Looks.all()
                .forEach((name, look) -> cases.add(
                        new Case("upright, " + name, upright, half.withAlpha(look.transparent()), look, true)));
        return cases;
    }

    @TestFactory
    Stream<DynamicTest> nativeKernelsDrawTheSame() {
        return cases().stream()
                .map(each -> DynamicTest.dynamicTest(each.name(), () -> {
                    byte[][] slow = draw(each, Kind.JAVA);
                    byte[][] fast = draw(each, Kind.NATIVE);
                    for (int plane = 0; plane < slow.length; plane++) {
                        assertTrue(Arrays.equals(slow[plane], fast[plane]), "plane " + plane + " differs");
                    }
                }));
    }

    @TestFactory
    Stream<DynamicTest> openGlDrawsTheSame() {
        return cases().stream()
                .map(each -> DynamicTest.dynamicTest(each.name(), () -> {
                    byte[][] slow = draw(each, Kind.JAVA);
                    byte[][] gl = draw(each, Kind.GL);
                    boolean resampled = !each.look()
                                    .canvasToFrame(each.frames(), each.canvas())
                                    .equals(new org.joml.Matrix3d(), 1e-9)
                            || each.frames().width() != each.canvas().width();
                    // alphas may be a code apart, and in linear light that is more than a code of what is dark
                    int near = each.look().linear() ? 3 : 2;
                    long far = 0;
                    int most = 0;
                    for (int plane = 0; plane < slow.length; plane++) {
                        for (int i = 0; i < slow[plane].length; i++) {
                            int distance = Math.abs((slow[plane][i] & 255) - (gl[plane][i] & 255));
                            if (distance > near && !unseen(each.canvas(), plane, i, slow, gl)) {
                                most = Math.max(most, distance);
                                far++;
                            }
                        }
                    }
                    if (resampled) {
                        assertTrue(far < slow[0].length / 200, far + " samples differ by more than " + near);
                    } else {
                        assertEquals(0, far, "samples differ by up to " + most);
                    }
                }));
    }

    /** Colours under an alpha of 2 or less in both pictures: one may have cleared them, since its alpha is 0. */
    private static boolean unseen(PictureFormat canvas, int plane, int i, byte[][] slow, byte[][] gl) {
        if (!canvas.alpha() || plane == 3) {
            return false;
        }
        int shift = plane == 0 ? 0 : canvas.chroma().shift;
        int x = i % canvas.planeWidth(plane) << shift;
        int y = i / canvas.planeWidth(plane) << shift;
        int most = 0;
        for (int v = y; v < Math.min(y + (1 << shift), canvas.height()); v++) {
            for (int u = x; u < Math.min(x + (1 << shift), canvas.width()); u++) {
                int at = v * canvas.width() + u;
                most = Math.max(most, Math.max(slow[3][at] & 255, gl[3][at] & 255));
            }
        }
        return most <= 2;
    }

    private enum Kind {
        JAVA,
        NATIVE,
        GL
    }

    /** Two frames, the second is kept: a compositor must not remember the first. */
    private static byte[][] draw(Case one, Kind kind) throws InterruptedException {
        try (Arena arena = Arena.ofConfined();
                FramePool frames = new FramePool(one.frames(), 1);
                FramePool pictures = new FramePool(one.canvas(), 1)) {
            Layers layers = Looks.layers(one.canvas(), one.graphics());
            Frame frame = frames.take();
            Frame picture = pictures.take();
            try (Compositor compositor =
                    switch (kind) {
                        case JAVA ->
                            new CpuCompositor(one.frames(), one.canvas(), one.look(), layers, new JavaBlendKernels());
                        case NATIVE ->
                            new CpuCompositor(one.frames(), one.canvas(), one.look(), layers, BlendKernels.best());
                        case GL -> new GlCompositor(one.frames(), one.canvas(), one.look(), layers);
                    }) {
                for (int i = 0; i < 2; i++) {
                    Looks.paint(frame, i);
                    compositor.compose(frame, Looks.matte(arena, i == 0 ? 1 : 0.9f), Looks.mask(arena), picture);
                }
            }
            return Pixels.planes(picture);
        }
    }
}
