package dev.handsover.capture.pattern;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Two gesturing hands with sleeves before a room in which the light moves. Frame k is a function of k and the seed alone;
 * the coverage of the hands, not of the sleeves, is known exactly.
 */
final class HandsScene implements PatternSource.Painter {
    private final int fps;
    private final Raster raster;
    private final Room room;
    private final Arm[] arms;
    private final float[] codes;
    /** Sums over a pixel's samples in fields of 16 bits: red, green, blue, how many; so that pixels add up as wholes. */
    private final long[] sums;

    private long drawn = -1;

    HandsScene(PictureFormat format, int fps, long seed) {
        this.fps = fps;
        this.raster = new Raster(format.width(), format.height());
        this.room = new Room(format, seed);
        this.arms = new Arm[] {new Arm(seed, true), new Arm(seed, false)};
        this.codes = weights(format);
        this.sums = new long[format.width() * format.height()];
    }

    /** Rows Y, U, V by columns R, G, B (0..255) and 1. */
    private static float[] weights(PictureFormat format) {
        double[] zero = format.color().toYuv(0, 0, 0);
        float[] rows = new float[12];
        for (int channel = 0; channel < 3; channel++) {
            double[] one = format.color().toYuv(channel == 0 ? 1 : 0, channel == 1 ? 1 : 0, channel == 2 ? 1 : 0);
            for (int plane = 0; plane < 3; plane++) {
                rows[4 * plane + channel] = (float) ((one[plane] - zero[plane]) / 255);
                rows[4 * plane + 3] = (float) zero[plane];
            }
        }
        return rows;
    }

    private void draw(long index) {
        if (index == drawn) {
            return;
        }
        raster.clear();
        for (Arm arm : arms) {
            arm.draw((double) index / fps, raster);
        }
        drawn = index;
    }

    @Override
    public void paint(long index, Frame frame) {
        draw(index);
        room.paint((double) index / fps, frame);
        int shift = frame.format().chroma().shift;
        for (int y = 0; y < raster.height; y += 1 << shift) {
            for (int stretch = 0; stretch < raster.stretches(); stretch++) {
                blend(frame, shift, y, stretch);
            }
        }
    }

    /** Puts one stretch of two luma rows and a chroma row (or, without subsampling, of one row) over the room. */
    private void blend(Frame frame, int shift, int y, int stretch) {
        int rows = Math.min(1 << shift, raster.height - y);
        boolean drawn = raster.touched(y, stretch) || rows > 1 && raster.touched(y + 1, stretch);
        if (!drawn) {
            return;
        }
        int first = stretch * Raster.STRETCH;
        int end = Math.min(raster.width, first + Raster.STRETCH);
        for (int row = y; row < y + rows; row++) {
            for (int x = first; x < end; x++) {
                long sum = sum((row * raster.width + x) * Raster.SAMPLES);
                sums[row * raster.width + x] = sum;
                lay(frame, Frame.Y, x, row, sum, Raster.SAMPLES);
            }
        }
        for (int x = first; x < end; x += 1 << shift) {
            int columns = Math.min(1 << shift, end - x);
            long sum = 0;
            for (int i = y * raster.width + x; i < (y + rows) * raster.width; i += raster.width) {
                sum += sums[i] + (columns > 1 ? sums[i + 1] : 0);
            }
            lay(frame, Frame.U, x >> shift, y >> shift, sum, rows * columns * Raster.SAMPLES);
            lay(frame, Frame.V, x >> shift, y >> shift, sum, rows * columns * Raster.SAMPLES);
        }
    }

    private long sum(int first) {
        long sum = 0;
        for (int s = first; s < first + Raster.SAMPLES; s++) {
            if (!raster.empty(s)) {
                int rgb = raster.color[s];
                sum += (long) (rgb & 0xFF0000) << 32 | (long) (rgb & 0xFF00) << 24 | (rgb & 0xFF) << 16 | 1;
            }
        }
        return sum;
    }

    private void lay(Frame frame, int plane, int x, int y, long sum, int all) {
        int count = (int) (sum & 0xFFFF);
        if (count > 0) {
            long at = (long) y * frame.stride(plane) + x;
            int below = frame.plane(plane).get(ValueLayout.JAVA_BYTE, at) & 255;
            float code = codes[4 * plane] * (sum >>> 48)
                    + codes[4 * plane + 1] * (sum >>> 32 & 0xFFFF)
                    + codes[4 * plane + 2] * (sum >>> 16 & 0xFFFF)
                    + codes[4 * plane + 3] * count;
            int result = (int) ((code + below * (all - count)) / all + 0.5f);
            frame.plane(plane).set(ValueLayout.JAVA_BYTE, at, (byte) result);
        }
    }

    /** The coverage of the hands as 0..255 in Y. */
    void truth(long index, Frame gray) {
        draw(index);
        gray.fill(0, 128, 128, 255);
        MemorySegment pixels = gray.plane(Frame.Y);
        for (int y = 0; y < raster.height; y++) {
            for (int x = 0; x < raster.width; x++) {
                if (!raster.touched(y, x / Raster.STRETCH)) {
                    continue;
                }
                int count = 0;
                int first = (y * raster.width + x) * Raster.SAMPLES;
                for (int s = first; s < first + Raster.SAMPLES; s++) {
                    count += raster.color[s] >>> 31;
                }
                pixels.set(ValueLayout.JAVA_BYTE, (long) y * gray.stride(Frame.Y) + x, (byte)
                        ((count * 255 + 2) / Raster.SAMPLES));
            }
        }
    }

    @Override
    public void close() {
        room.close();
    }
}
