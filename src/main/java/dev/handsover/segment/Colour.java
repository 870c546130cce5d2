package dev.handsover.segment;

/** Colour codes of eight bits as OpenCV counts them, to the last bit: the tools count with them too. */
final class Colour {
    private static final int BITS = 14;
    private static final int HALF = 1 << BITS - 1;
    private static final int CENTRE = 128 << BITS;
    private static final int TURN = 180;
    private static final int[] PER_VALUE = new int[256];
    private static final int[] PER_SPAN = new int[256];

    static {
        for (int i = 1; i < 256; i++) {
            PER_VALUE[i] = (int) Math.rint((255 << 12) / (double) i);
            PER_SPAN[i] = (int) Math.rint((TURN << 12) / (6.0 * i));
        }
    }

    private Colour() {}

    private static int luma(int r, int g, int b) {
        return (r * 4899 + g * 9617 + b * 1868 + HALF) >> BITS;
    }

    /** JPEG's Cr, 0..255. */
    static int cr(int r, int g, int b) {
        return Math.clamp(((r - luma(r, g, b)) * 11682 + CENTRE + HALF) >> BITS, 0, 255);
    }

    /** JPEG's Cb, 0..255. */
    static int cb(int r, int g, int b) {
        return Math.clamp(((b - luma(r, g, b)) * 9241 + CENTRE + HALF) >> BITS, 0, 255);
    }

    /** HSV's saturation, 0..255. */
    static int saturation(int r, int g, int b) {
        int value = Math.max(r, Math.max(g, b));
        int span = value - Math.min(r, Math.min(g, b));
        return (span * PER_VALUE[value] + (1 << 11)) >> 12;
    }

    /** HSV's hue, 0..179 for a whole turn. */
    static int hue(int r, int g, int b) {
        int value = Math.max(r, Math.max(g, b));
        int span = value - Math.min(r, Math.min(g, b));
        int sixths = value == r ? g - b : value == g ? b - r + 2 * span : r - g + 4 * span;
        int hue = (sixths * PER_SPAN[span] + (1 << 11)) >> 12;
        return hue < 0 ? hue + TURN : hue;
    }
}
