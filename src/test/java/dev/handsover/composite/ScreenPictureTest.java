package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.lwjgl.opengl.GL33C.GL_BGRA;
import static org.lwjgl.opengl.GL33C.GL_COLOR_ATTACHMENT0;
import static org.lwjgl.opengl.GL33C.GL_FRAMEBUFFER;
import static org.lwjgl.opengl.GL33C.GL_RENDERBUFFER;
import static org.lwjgl.opengl.GL33C.GL_RGBA8;
import static org.lwjgl.opengl.GL33C.GL_UNSIGNED_INT_8_8_8_8_REV;
import static org.lwjgl.opengl.GL33C.glBindFramebuffer;
import static org.lwjgl.opengl.GL33C.glBindRenderbuffer;
import static org.lwjgl.opengl.GL33C.glBindVertexArray;
import static org.lwjgl.opengl.GL33C.glFramebufferRenderbuffer;
import static org.lwjgl.opengl.GL33C.glGenFramebuffers;
import static org.lwjgl.opengl.GL33C.glGenRenderbuffers;
import static org.lwjgl.opengl.GL33C.glGenVertexArrays;
import static org.lwjgl.opengl.GL33C.glReadPixels;
import static org.lwjgl.opengl.GL33C.glRenderbufferStorage;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

/** The two ways of a picture to the screen show the same, and what the frame means. */
class ScreenPictureTest {
    private static final int WIDTH = 128;
    private static final int HEIGHT = 64;

    @Test
    void bothWaysShowTheSame() throws Exception {
        try (GlContext _ = GlContext.open()) {
            glBindVertexArray(glGenVertexArrays());
            for (ColorSpec color :
                    new ColorSpec[] {ColorSpec.assumedFor(720), ColorSpec.JPEG, ColorSpec.assumedFor(480)}) {
                for (PictureFormat.Chroma chroma : PictureFormat.Chroma.values()) {
                    for (boolean alpha : new boolean[] {false, true}) {
                        PictureFormat format = new PictureFormat(WIDTH, HEIGHT, chroma, alpha, color, Rational.ONE);
                        same(format, true);
                        same(format, false);
                    }
                }
            }
        }
    }

    private static void same(PictureFormat format, boolean seeThrough) throws InterruptedException {
        try (FramePool pool = new FramePool(format, 1);
                ScreenPicture shaded = new ShadedPicture(seeThrough);
                ScreenPicture converted = new ConvertedPicture(seeThrough)) {
            Frame frame = pool.take();
            smooth(frame);
            int[] one = drawn(shaded, frame, WIDTH, HEIGHT);
            int[] other = drawn(converted, frame, WIDTH, HEIGHT);
            compare(one, other, 4, format + " " + seeThrough);
            compare(
                    drawn(shaded, frame, WIDTH / 2, HEIGHT / 2),
                    drawn(converted, frame, WIDTH / 2, HEIGHT / 2),
                    60,
                    "half");
            if (!format.alpha()) {
                means(frame, other);
            }
        }
    }

    /** Colours by the matrix in double precision. */
    private static void means(Frame frame, int[] seen) {
        float[] m = frame.format().color().toRgbMatrix();
        int shift = frame.format().chroma().shift;
        for (int at = 0; at < WIDTH * HEIGHT; at += 37) {
            int x = at % WIDTH;
            int y = at / WIDTH;
            int rgb = seen[(HEIGHT - 1 - y) * WIDTH + x];
            for (int c = 0; c < 3; c++) {
                double value = m[4 * c + 3];
                for (int plane = 0; plane < 3; plane++) {
                    int down = plane == 0 ? 0 : shift;
                    value += m[4 * c + plane] * get(frame, plane, x >> down, y >> down);
                }
                assertEquals(255 * Math.clamp(value, 0, 1), rgb >> 16 - 8 * c & 255, 1, "at " + x + ", " + y);
            }
        }
    }

    private static void compare(int[] one, int[] other, int tolerance, String what) {
        long sum = 0;
        for (int i = 0; i < one.length; i++) {
            for (int shift = 0; shift < 32; shift += 8) {
                int off = Math.abs((one[i] >> shift & 255) - (other[i] >> shift & 255));
                int at = i;
                assertTrue(off <= tolerance, () -> what + ": " + off + " at " + at);
                sum += off;
            }
        }
        assertTrue(sum < 4.0 * one.length * tolerance / 2, what + ": " + sum);
    }

    /** Pixels as 0xAARRGGBB, rows from below, of the picture in the lower left corner of a framebuffer. */
    private static int[] drawn(ScreenPicture picture, Frame frame, int width, int height) {
        int framebuffer = glGenFramebuffers();
        int buffer = glGenRenderbuffers();
        glBindRenderbuffer(GL_RENDERBUFFER, buffer);
        glRenderbufferStorage(GL_RENDERBUFFER, GL_RGBA8, width, height);
        glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
        glFramebufferRenderbuffer(GL_FRAMEBUFFER, GL_COLOR_ATTACHMENT0, GL_RENDERBUFFER, buffer);
        picture.take(frame);
        glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
        picture.draw(0, 0, width, height);
        glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
        int[] pixels = new int[width * height];
        glReadPixels(0, 0, width, height, GL_BGRA, GL_UNSIGNED_INT_8_8_8_8_REV, pixels);
        return pixels;
    }

    /** Colours and alpha that change slowly, so that it matters little where chroma is taken. */
    private static void smooth(Frame frame) {
        for (int plane = 0; plane < frame.format().planes(); plane++) {
            int shift = plane == 1 || plane == 2 ? frame.format().chroma().shift : 0;
            for (int y = 0; y < frame.format().planeHeight(plane); y++) {
                for (int x = 0; x < frame.format().planeWidth(plane); x++) {
                    int code =
                            switch (plane) {
                                case Frame.Y -> 30 + (x + 2 * y) * 200 / (WIDTH + 2 * HEIGHT);
                                case Frame.U -> 110 + (x << shift) / 4;
                                case Frame.V -> 150 - (y << shift) / 2;
                                default -> (x * 255) / (WIDTH - 1);
                            };
                    frame.plane(plane).set(ValueLayout.JAVA_BYTE, (long) y * frame.stride(plane) + x, (byte) code);
                }
            }
        }
    }

    private static int get(Frame frame, int plane, int x, int y) {
        return frame.plane(plane).get(ValueLayout.JAVA_BYTE, (long) y * frame.stride(plane) + x) & 255;
    }
}
