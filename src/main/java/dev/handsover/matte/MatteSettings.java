package dev.handsover.matte;

import dev.handsover.frame.Failure;

/**
 * How a mask becomes a matte. Lengths are in pixels of a 720-line picture, so that a look keeps when the size changes.
 *
 * @param threshold 0.05..0.95: the probability at which alpha is one half
 * @param feather 0..50 px: width of the soft edge beyond what the picture itself shows
 * @param grow −50..50 px: how far the edge moves outwards
 * @param smooth 0..1: how steady still parts are held over time; moving parts are never delayed
 * @param invert keeps everything but the hands
 * @param opacity 0..1: of the hands
 * @param minArea 0..0.5: specks smaller than this share of the picture are dropped
 * @param fillHoles 0..0.5: holes smaller than this share of the picture are filled
 */
public record MatteSettings(
        float threshold,
        float feather,
        float grow,
        float smooth,
        boolean invert,
        float opacity,
        float minArea,
        float fillHoles) {
    public static final MatteSettings DEFAULT = new MatteSettings(0.45f, 0f, 0f, 0.8f, false, 1f, 0.0005f, 0.0005f);

    public MatteSettings {
        check("--threshold", threshold, 0.05f, 0.95f);
        check("--feather", feather, 0, 50);
        check("--grow", grow, -50, 50);
        check("--smooth", smooth, 0, 1);
        check("--opacity", opacity, 0, 1);
        check("--min-area", minArea, 0, 0.5f);
        check("--fill-holes", fillHoles, 0, 0.5f);
    }

    private static void check(String flag, float value, float low, float high) {
        if (!(value >= low && value <= high)) {
            throw Failure.usage(flag + " goes from " + low + " to " + high + ", not " + value + ".");
        }
    }
}
