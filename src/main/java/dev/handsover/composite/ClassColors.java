package dev.handsover.composite;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.handsover.frame.Frame;
import dev.handsover.frame.Mask;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.MemorySegment;

/** Each class in its colour of the VOC colour map: docs/compositing.md, section 7. */
final class ClassColors {
    private ClassColors() {}

    /** 0xRRGGBB: bit k of the class, three at a time, sets bit 7 − k/3 of red, green and blue. */
    static int color(int index) {
        int rgb = 0;
        for (int k = 0; k < 8; k++) {
            int bit = index >> k & 1;
            rgb |= bit << (7 - k / 3 + (k % 3 == 0 ? 16 : k % 3 == 1 ? 8 : 0));
        }
        return rgb;
    }

    static void draw(Mask mask, MemorySegment classes, PictureFormat canvas, Frame picture) {
        int[][] codes = new int[256][3];
        for (int i = 0; i < 256; i++) {
            int rgb = color(i);
            double[] yuv =
                    canvas.color().toYuv((rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
            for (int plane = 0; plane < 3; plane++) {
                codes[i][plane] = (int) Math.round(yuv[plane]);
            }
        }
        for (int plane = 0; plane < 3; plane++) {
            int w = canvas.planeWidth(plane);
            int h = canvas.planeHeight(plane);
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < w; x++) {
                    long cell = (long) (y * mask.height() / h) * mask.width() + (long) x * mask.width() / w;
                    int index = classes.get(JAVA_BYTE, cell) & 0xFF;
                    picture.plane(plane)
                            .set(JAVA_BYTE, (long) y * picture.stride(plane) + x, (byte) codes[index][plane]);
                }
            }
        }
    }
}
