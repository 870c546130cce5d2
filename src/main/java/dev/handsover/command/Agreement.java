package dev.handsover.command;

import dev.handsover.frame.Frame;
import java.lang.foreign.ValueLayout;

/** Intersection over union of mattes and true masks, over all pixels of all pictures. */
final class Agreement {
    private static final int HALF = 128;
    private long both;
    private long either;

    /**
     * Adds a picture.
     *
     * @param matte gray; black and white as its colours say
     * @param truth 0..255 in Y
     */
    void add(Frame matte, Frame truth) {
        int half = matte.format().color().lumaOffset() + matte.format().color().lumaSpan() / 2;
        for (int y = 0; y < matte.height(); y++) {
            long row = (long) y * matte.stride(Frame.Y);
            long trueRow = (long) y * truth.stride(Frame.Y);
            for (int x = 0; x < matte.width(); x++) {
                boolean found = (matte.plane(Frame.Y).get(ValueLayout.JAVA_BYTE, row + x) & 0xFF) > half;
                boolean there = (truth.plane(Frame.Y).get(ValueLayout.JAVA_BYTE, trueRow + x) & 0xFF) >= HALF;
                both += found && there ? 1 : 0;
                either += found || there ? 1 : 0;
            }
        }
    }

    double iou() {
        return either == 0 ? 1 : (double) both / either;
    }
}
