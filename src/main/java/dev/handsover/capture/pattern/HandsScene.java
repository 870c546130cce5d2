package dev.handsover.capture.pattern;

import dev.handsover.frame.Frame;

/** Hands before a desk. */
final class HandsScene implements PatternSource.Painter {
    HandsScene(int width, int height, int fps, long seed) {}

    @Override
    public void paint(long index, Frame frame) {
        frame.fill(90, 128, 128, 255);
    }

    void truth(long index, Frame gray) {
        gray.fill(0, 128, 128, 255);
    }
}
