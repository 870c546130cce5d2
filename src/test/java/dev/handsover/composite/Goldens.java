package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import dev.handsover.frame.Frame;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;

/**
 * Pictures that somebody has looked at. {@code -Dgolden.update=true} writes them anew; on failure the picture and its
 * difference (times eight) stand in {@code target/golden}.
 */
final class Goldens {
    private static final Path GOLDEN = Path.of("src/test/resources/golden");
    private static final Path ACTUAL = Path.of("target/golden");

    private Goldens() {}

    /** @param tolerance most that any channel of any pixel may differ, of 255 */
    static void check(String name, BufferedImage drawn, int tolerance) {
        try {
            compare(name, drawn, tolerance);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void compare(String name, BufferedImage drawn, int tolerance) throws IOException {
        Path golden = GOLDEN.resolve(name + ".png");
        if (Boolean.getBoolean("golden.update")) {
            Files.createDirectories(GOLDEN);
            ImageIO.write(drawn, "png", golden.toFile());
        }
        if (!Files.exists(golden)) {
            fail("there is no " + golden + "; look at the picture, then run with -Dgolden.update=true");
        }
        BufferedImage wanted = ImageIO.read(golden.toFile());
        assertEquals(wanted.getWidth(), drawn.getWidth());
        assertEquals(wanted.getHeight(), drawn.getHeight());
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
        if (most > tolerance) {
            Files.createDirectories(ACTUAL);
            ImageIO.write(drawn, "png", ACTUAL.resolve(name + ".png").toFile());
            ImageIO.write(
                    difference, "png", ACTUAL.resolve(name + "-difference.png").toFile());
            fail(name + " differs by up to " + most + "; see " + ACTUAL);
        }
    }

    /** A picture of 8-bit R, G, B and alpha; chroma of the nearest sample. */
    static BufferedImage image(Frame picture) {
        BufferedImage image = new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_ARGB);
        float[] m = picture.format().color().toRgbMatrix();
        for (int y = 0; y < picture.height(); y++) {
            for (int x = 0; x < picture.width(); x++) {
                image.setRGB(x, y, argb(picture, m, x, y));
            }
        }
        return image;
    }

    private static int argb(Frame picture, float[] m, int x, int y) {
        int shift = picture.format().chroma().shift;
        int luma = code(picture, 0, x, y);
        int u = code(picture, 1, x >> shift, y >> shift);
        int v = code(picture, 2, x >> shift, y >> shift);
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
