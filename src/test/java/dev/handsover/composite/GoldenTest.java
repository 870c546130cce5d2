package dev.handsover.composite;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import java.awt.image.BufferedImage;
import java.lang.foreign.Arena;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every look as a picture that somebody has looked at. {@code -Dgolden.update=true} writes them anew; on failure the picture
 * and its difference (times eight) stand in {@code target/golden}.
 */
class GoldenTest {
    private static final int TOLERANCE = 3;
    private static final PictureFormat FORMAT = PictureFormat.i420(192, 108, ColorSpec.assumedFor(720));

    @TestFactory
    Stream<DynamicTest> looks() {
        return Looks.all().entrySet().stream()
                .map(look -> DynamicTest.dynamicTest(
                        look.getKey(), () -> Goldens.check(look.getKey(), draw(look.getValue()), TOLERANCE)));
    }

    private static BufferedImage draw(Look look) throws InterruptedException {
        PictureFormat canvas = FORMAT.withAlpha(look.transparent());
        try (Arena arena = Arena.ofConfined();
                FramePool frames = new FramePool(FORMAT, 1);
                FramePool pictures = new FramePool(canvas, 1);
                CpuCompositor compositor =
                        new CpuCompositor(FORMAT, canvas, look, Looks.layers(canvas, false), new JavaBlendKernels())) {
            Frame frame = frames.take();
            Frame picture = pictures.take();
            Looks.paint(frame, 1);
            compositor.compose(frame, Looks.matte(arena, 1), Looks.mask(arena), picture);
            return Goldens.image(picture);
        }
    }
}
