package dev.handsover.capture.pattern;

import java.util.Random;
import org.joml.Matrix4f;

/** One hand's gestures: from pose to pose with rests between, while the wrist sways; a function of time alone. */
final class HandMotion {
    /** Flexion of thumb, index, middle, ring and little finger, then spread; radians. */
    private static final float[][] GESTURES = {
        {0, 0.02f, 0, 0.02f, 0.05f, 0.24f}, // open
        {0.35f, 0.35f, 0.4f, 0.45f, 0.45f, 0.05f}, // at rest
        {1.25f, 0, 1.42f, 1.48f, 1.45f, 0}, // pointing
        {1.2f, 0.02f, 0, 1.45f, 1.45f, 0.22f}, // two
        {0.1f, 0.05f, 0.02f, 1.4f, 1.4f, 0.25f}, // three
        {0.75f, 0.72f, 0.25f, 0.2f, 0.2f, 0.15f}, // pinching
        {1.1f, 0.05f, 0, 0.02f, 0.05f, 0.2f}, // four
        {1.15f, 1.38f, 1.42f, 1.42f, 1.4f, 0}, // fist
        {0, 1.3f, 1.4f, 1.4f, 0.05f, 0.1f} // thumb and little finger
    };

    private static final double PERIOD = 1.5;
    private static final double MOVING = 0.55;
    private final int[] order = new int[64];
    private final double[] phase = new double[6];
    private final boolean onTheLeft;

    HandMotion(long seed, boolean onTheLeft) {
        Random random = new Random(seed * 31 + (onTheLeft ? 1 : 2));
        this.onTheLeft = onTheLeft;
        for (int i = 1; i < order.length; i++) {
            int next = random.nextInt(GESTURES.length - 1);
            order[i] = next >= order[i - 1] ? next + 1 : next;
        }
        for (int i = 0; i < phase.length; i++) {
            phase[i] = random.nextDouble() * 2 * Math.PI;
        }
    }

    /** Flexions and, last, the spread at a time in seconds. */
    float[] fingers(double seconds) {
        double step = seconds / PERIOD;
        int now = (int) Math.floor(step);
        double t = Math.clamp((step - now) / MOVING, 0, 1);
        float eased = (float) (t * t * t * (t * (6 * t - 15) + 10));
        float[] from = GESTURES[order[now % order.length]];
        float[] to = GESTURES[order[(now + 1) % order.length]];
        float[] fingers = new float[from.length];
        for (int i = 0; i < fingers.length; i++) {
            fingers[i] = from[i] + eased * (to[i] - from[i]) + 0.03f * (float) Math.sin(1.3 * seconds + phase[0] + i);
        }
        return fingers;
    }

    /** Where the wrist is and how the hand is turned; metres before the camera, x to the right, y down. */
    Matrix4f place(double seconds) {
        double side = onTheLeft ? -1 : 1;
        double x = side * (0.12 + 0.02 * wave(0.37, seconds, 1));
        double y = 0.08 + 0.02 * wave(0.53, seconds, 2);
        double z = 0.42 + 0.035 * wave(0.29, seconds, 3);
        return new Matrix4f()
                .translate((float) x, (float) y, (float) z)
                .rotateZ((float) (-side * 0.12 + 0.22 * wave(0.41, seconds, 4)))
                .rotateY((float) (side * 0.15 + 0.5 * wave(0.23, seconds, 5)))
                .rotateX((float) (-0.12 + 0.18 * wave(0.47, seconds, 0)));
    }

    private double wave(double hertz, double seconds, int which) {
        return Math.sin(2 * Math.PI * hertz * seconds + phase[which]);
    }
}
