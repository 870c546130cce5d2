package dev.handsover.engine;

import dev.handsover.composite.Compositor;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A gray frame and a matte that keeps nothing of it: what is drawn when there is no matte to trust. */
final class Blank implements AutoCloseable {
    private static final int CELLS = 32;
    private static final int GRAY = 96;
    private static final int NEUTRAL = 128;

    private final Arena arena = Arena.ofShared();
    private final FramePool pool;
    private final Frame frame;
    private final Matte matte;
    private final Mask mask;

    /** @param frames format of the frames that it stands for */
    Blank(PictureFormat frames) throws InterruptedException {
        this.pool = new FramePool(frames, 1);
        this.frame = pool.take();
        frame.fill(GRAY, NEUTRAL, NEUTRAL, 255);
        MemorySegment zeros = arena.allocate(4L * CELLS * CELLS, 64);
        this.matte = new Matte(CELLS, CELLS, zeros, zeros, 1);
        this.mask = new Mask(CELLS, CELLS, zeros, zeros, arena.allocate((long) CELLS * CELLS, 64));
    }

    /** The look over it as a picture of that time, held once. */
    Frame picture(Compositor compositor, long timeNanos, FramePool pictures) throws InterruptedException {
        Frame picture = pictures.take();
        boolean whole = false;
        try {
            frame.stamp(0, timeNanos, 0);
            compositor.compose(frame, matte, mask, picture);
            picture.stamp(picture.sequence(), timeNanos, 0);
            whole = true;
            return picture;
        } finally {
            if (!whole) {
                picture.recycle();
            }
        }
    }

    @Override
    public void close() {
        frame.recycle();
        pool.close();
        arena.close();
    }
}
