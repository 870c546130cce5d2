package dev.handsover.composite;

import dev.handsover.frame.Failure;
import org.jspecify.annotations.Nullable;

/**
 * What the mouse does in a window: it drags the corners where there are such, else a window without a frame. All places in
 * pixels of the framebuffer from its top left.
 */
final class Pointer {
    private static final float REACH = 26;

    private Look.Placement.@Nullable Corners corners;
    private int held = -1;
    private boolean moving;
    private double x;
    private double y;
    private double grabbedX;
    private double grabbedY;

    /** Takes the corners that the program knows; while one is held the mouse's count. */
    void set(Look.Placement.@Nullable Corners newCorners) {
        if (newCorners == null || held < 0) {
            corners = newCorners;
            held = -1;
        }
    }

    Look.Placement.@Nullable Corners corners() {
        return corners;
    }

    /** The corner that is held, 0..3, or −1. */
    int held() {
        return held;
    }

    /** @param picture left, top, width, height */
    void press(int[] picture, float scale) {
        grabbedX = x;
        grabbedY = y;
        Look.Placement.Corners four = corners;
        moving = four == null;
        double nearest = REACH * scale;
        for (int i = 0; four != null && i < 4; i++) {
            float[] xy = numbers(four);
            double away =
                    Math.hypot(picture[0] + xy[2 * i] * picture[2] - x, picture[1] + xy[2 * i + 1] * picture[3] - y);
            if (away < nearest) {
                nearest = away;
                held = i;
            }
        }
    }

    void release() {
        held = -1;
        moving = false;
    }

    /** Moves the pointer; true when the corners have changed. */
    boolean move(double newX, double newY, int[] picture) {
        x = newX;
        y = newY;
        Look.Placement.Corners four = corners;
        if (held < 0 || four == null) {
            return false;
        }
        float[] xy = numbers(four);
        xy[2 * held] = (float) Math.clamp((x - picture[0]) / picture[2], 0, 1);
        xy[2 * held + 1] = (float) Math.clamp((y - picture[1]) / picture[3], 0, 1);
        try {
            corners = new Look.Placement.Corners(xy[0], xy[1], xy[2], xy[3], xy[4], xy[5], xy[6], xy[7]);
            return true;
        } catch (Failure e) {
            return false; // not convex: the corner waits until the mouse is back where it can be
        }
    }

    /** How far the window should follow the mouse, across and down; null when it is not being dragged. */
    double @Nullable [] drag() {
        return moving ? new double[] {x - grabbedX, y - grabbedY} : null;
    }

    private static float[] numbers(Look.Placement.Corners c) {
        return new float[] {c.x1(), c.y1(), c.x2(), c.y2(), c.x3(), c.y3(), c.x4(), c.y4()};
    }
}
