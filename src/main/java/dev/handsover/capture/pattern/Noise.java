package dev.handsover.capture.pattern;

import java.util.Random;

/** Smooth noise on a square that repeats: octaves of value noise, mean 0, about ±1. */
final class Noise {
    private final int size;
    private final float[] values;

    /** @param cells of the coarsest octave; each further one has twice as many and half the strength */
    Noise(long seed, int size, int cells, int octaves) {
        this.size = size;
        this.values = new float[size * size];
        Random random = new Random(seed);
        float strength = 1;
        for (int octave = 0, n = cells; octave < octaves && n <= size; octave++, n *= 2, strength /= 2) {
            float[] grid = new float[n * n];
            for (int i = 0; i < grid.length; i++) {
                grid[i] = random.nextFloat() * 2 - 1;
            }
            add(grid, n, strength);
        }
    }

    private void add(float[] grid, int n, float strength) {
        for (int y = 0; y < size; y++) {
            float gy = (float) y * n / size;
            int y0 = (int) gy;
            float fy = smooth(gy - y0);
            for (int x = 0; x < size; x++) {
                float gx = (float) x * n / size;
                int x0 = (int) gx;
                float fx = smooth(gx - x0);
                float above = mix(grid[y0 % n * n + x0 % n], grid[y0 % n * n + (x0 + 1) % n], fx);
                float below = mix(grid[(y0 + 1) % n * n + x0 % n], grid[(y0 + 1) % n * n + (x0 + 1) % n], fx);
                values[y * size + x] += strength * mix(above, below, fy);
            }
        }
    }

    private static float smooth(float t) {
        return t * t * (3 - 2 * t);
    }

    private static float mix(float a, float b, float t) {
        return a + t * (b - a);
    }

    /** At a place in units of the square's side; it repeats beyond. */
    float at(float u, float v) {
        int x = Math.floorMod((int) (u * size), size);
        int y = Math.floorMod((int) (v * size), size);
        return values[y * size + x];
    }
}
