package dev.handsover.capture.pattern;

import java.util.Arrays;

/**
 * Draws triangles with four samples a pixel: coverage and depth for each sample, colour once a pixel and triangle. Screen
 * places are in pixels, (0, 0) the top left corner of the picture; depth grows away from the viewer.
 */
final class Raster {
    /** Where the samples lie in a pixel: a rotated grid, which serves edges of every slope. */
    private static final float[] SAMPLE_X = {0.375f, 0.875f, 0.125f, 0.625f};

    private static final float[] SAMPLE_Y = {0.125f, 0.375f, 0.625f, 0.875f};
    static final int SAMPLES = 4;

    /** Gives the colour of a place on a triangle. */
    @FunctionalInterface
    interface Shader {
        /** Packed 0xRRGGBB; a, b and c weigh the corners, with their sum 1. */
        int shade(int triangle, float a, float b, float c);
    }

    final int width;
    final int height;
    /** Packed colours, four a pixel; 0xFF000000 marks a sample that belongs to the hand. */
    final int[] color;

    /** Pixels of a stretch of a row that is cleared and resolved as one; a multiple of every chroma cell. */
    static final int STRETCH = 32;

    private final float[] depth;
    private final int stretches;
    private final boolean[] touched;

    Raster(int width, int height) {
        this.width = width;
        this.height = height;
        this.color = new int[width * height * SAMPLES];
        this.depth = new float[width * height * SAMPLES];
        Arrays.fill(depth, Float.MAX_VALUE);
        this.stretches = (width + STRETCH - 1) / STRETCH;
        this.touched = new boolean[stretches * height];
    }

    /** How many stretches a row has. */
    int stretches() {
        return stretches;
    }

    /** True when something was drawn in or near that stretch of a row. */
    boolean touched(int y, int stretch) {
        return touched[y * stretches + stretch];
    }

    void clear() {
        for (int y = 0; y < height; y++) {
            for (int stretch = 0; stretch < stretches; stretch++) {
                if (touched[y * stretches + stretch]) {
                    int from = (y * width + stretch * STRETCH) * SAMPLES;
                    int to = (y * width + Math.min(width, (stretch + 1) * STRETCH)) * SAMPLES;
                    Arrays.fill(depth, from, to, Float.MAX_VALUE);
                    Arrays.fill(color, from, to, 0);
                    touched[y * stretches + stretch] = false;
                }
            }
        }
    }

    /** A sample that nothing was drawn in. */
    boolean empty(int sample) {
        return depth[sample] == Float.MAX_VALUE;
    }

    /**
     * Draws one triangle whose corners run against the clock as seen; others look away and are left out.
     *
     * @param xyz screen x, y and depth of the three corners
     * @param mark 0xFF000000 for the hand, 0 for anything else
     */
    void draw(int triangle, float[] xyz, int mark, Shader shader) {
        float x0 = xyz[0];
        float y0 = xyz[1];
        float x1 = xyz[3];
        float y1 = xyz[4];
        float x2 = xyz[6];
        float y2 = xyz[7];
        float area = (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0);
        int left = Math.max(0, (int) Math.floor(Math.min(x0, Math.min(x1, x2))));
        int right = Math.min(width - 1, (int) Math.floor(Math.max(x0, Math.max(x1, x2))));
        int from = Math.max(0, (int) Math.floor(Math.min(y0, Math.min(y1, y2))));
        int to = Math.min(height - 1, (int) Math.floor(Math.max(y0, Math.max(y1, y2))));
        if (area >= 0 || left > right || from > to) {
            return;
        }
        float scale = 1 / area;
        // weight of corner 0 and 1 as planes over the screen
        float ax = (y1 - y2) * scale;
        float ay = (x2 - x1) * scale;
        float ac = (x1 * y2 - x2 * y1) * scale;
        float bx = (y2 - y0) * scale;
        float by = (x0 - x2) * scale;
        float bc = (x2 * y0 - x0 * y2) * scale;
        float aMargin = (Math.abs(ax) + Math.abs(ay)) / 2;
        float bMargin = (Math.abs(bx) + Math.abs(by)) / 2;
        for (int y = from; y <= to; y++) {
            Arrays.fill(touched, y * stretches + left / STRETCH, y * stretches + right / STRETCH + 1, true);
            // the centre's weights decide at once about pixels far outside
            float a = ax * (left + 0.5f) + ay * (y + 0.5f) + ac;
            float b = bx * (left + 0.5f) + by * (y + 0.5f) + bc;
            for (int x = left; x <= right; x++, a += ax, b += bx) {
                if (a > -aMargin && b > -bMargin && a + b < 1 + aMargin + bMargin) {
                    pixel(triangle, x, y, xyz, a, b, ax, ay, bx, by, mark, shader);
                }
            }
        }
    }

    private void pixel(
            int triangle,
            int x,
            int y,
            float[] xyz,
            float aCentre,
            float bCentre,
            float ax,
            float ay,
            float bx,
            float by,
            int mark,
            Shader shader) {
        int rgb = 0;
        boolean shaded = false;
        int sample = (y * width + x) * SAMPLES;
        for (int s = 0; s < SAMPLES; s++, sample++) {
            float dx = SAMPLE_X[s] - 0.5f;
            float dy = SAMPLE_Y[s] - 0.5f;
            float a = aCentre + ax * dx + ay * dy;
            float b = bCentre + bx * dx + by * dy;
            float c = 1 - a - b;
            if (a < 0 || b < 0 || c < 0) {
                continue;
            }
            float z = a * xyz[2] + b * xyz[5] + c * xyz[8];
            if (z < depth[sample]) {
                if (!shaded) {
                    rgb = shader.shade(triangle, a, b, c) | mark;
                    shaded = true;
                }
                depth[sample] = z;
                color[sample] = rgb;
            }
        }
    }
}
