package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every look as a picture that somebody has looked at. {@code -Dgolden.update=true} writes them anew; on failure the picture
 * and its difference (times eight) stand in {@code target/golden}.
 */
class GoldenTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path ACTUAL = Path.of("target/golden");
    private static final int TOLERANCE = 3;
    private static final PictureFormat FORMAT = PictureFormat.i420(192, 108, ColorSpec.assumedFor(720));

    @TestFactory
    Stream<DynamicTest> looks() {
        return Looks.all().entrySet().stream().map(look -> DynamicTest.dynamicTest(look.getKey(), () -> check(look)));
    }

    private static void check(Map.Entry<String, Look> look) throws IOException, InterruptedException {
        BufferedImage drawn = draw(look.getValue());
        Path golden = GOLDEN.resolve(look.getKey() + ".png");
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(GOLDEN);
            ImageIO.write(drawn, "png", golden.toFile());
        }
        if (!Files.exists(golden)) {
            fail("there is no " + golden + "; look at the picture, then run with -Dgolden.update=true");
        }
        BufferedImage wanted = ImageIO.read(golden.toFile());
        assertEquals(wanted.getWidth(), drawn.getWidth());
        int most = 0;
        BufferedImage difference = new BufferedImage(drawn.getWidth(), drawn.getHeight(), BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < drawn.getHeight(); y++) {
            for (int x = 0; x < drawn.getWidth(); x++) {
                int off = 0;
                for (int shift = 0; shift < 32; shift += 8) {
                    int distance = Math.abs((drawn.getRGB(x, y) >> shift & 255) - (wanted.getRGB(x, y) >> shift & 255));
                    off = Math.max(off, distance);
                }
                most = Math.max(most, off);
                difference.setRGB(x, y, Math.min(255, 8 * off) * 0x10101);
            }
        }
        if (most > TOLERANCE) {
            Files.createDirectories(ACTUAL);
            ImageIO.write(drawn, "png", ACTUAL.resolve(look.getKey() + ".png").toFile());
            ImageIO.write(
                    difference,
                    "png",
                    ACTUAL.resolve(look.getKey() + "-difference.png").toFile());
            fail(look.getKey() + " differs by up to " + most + "; see " + ACTUAL);
        }
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
            BufferedImage image = new BufferedImage(canvas.width(), canvas.height(), BufferedImage.TYPE_INT_ARGB);
            float[] m = canvas.color().toRgbMatrix();
            for (int y = 0; y < canvas.height(); y++) {
                for (int x = 0; x < canvas.width(); x++) {
                    image.setRGB(x, y, argb(picture, m, x, y));
                }
            }
            return image;
        }
    }

    private static int argb(Frame picture, float[] m, int x, int y) {
        int luma = code(picture, 0, x, y);
        int u = code(picture, 1, x / 2, y / 2);
        int v = code(picture, 2, x / 2, y / 2);
        int argb = (picture.format().alpha() ? code(picture, 3, x, y) : 255) << 24;
        for (int c = 0; c < 3; c++) {
            double value = m[4 * c] * luma + m[4 * c + 1] * u + m[4 * c + 2] * v + m[4 * c + 3];
            argb |= (int) Math.round(255 * Math.clamp(value, 0, 1)) << (16 - 8 * c);
        }
        return argb;
    }

    private static int code(Frame picture, int plane, int x, int y) {
        return picture.plane(plane).get(ValueLayout.JAVA_BYTE, (long) y * picture.stride(plane) + x) & 255;
    }
}
