package dev.handsover.engine;

import dev.handsover.composite.Compositor;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** A gray frame and a matte that keeps nothing of it: what is drawn when there is no matte to trust. */
final class Blank implements AutoCloseable {
    private static final int CELLS = 32;
    private static final int GRAY = 96;
    private static final int NEUTRAL = 128;

    private final PictureFormat frames;
    private @Nullable Nothing nothing;

    /**
     * Takes no memory before the first picture.
     *
     * @param frames format of the frames that it stands for
     */
    Blank(PictureFormat frames) {
        this.frames = frames;
    }

    /** The gray frame, and as a matte and as a mask the same zeros. */
    private record Nothing(Arena arena, FramePool pool, Frame frame, Matte matte, Mask mask) {
        static Nothing of(PictureFormat frames) throws InterruptedException {
            Arena arena = Arena.ofShared();
            FramePool pool = new FramePool(frames, 1);
            Frame frame = pool.take();
            frame.fill(GRAY, NEUTRAL, NEUTRAL, 255);
            MemorySegment zeros = arena.allocate(4L * CELLS * CELLS, 64);
            Mask mask = new Mask(CELLS, CELLS, zeros, zeros, arena.allocate((long) CELLS * CELLS, 64));
            return new Nothing(arena, pool, frame, new Matte(CELLS, CELLS, zeros, zeros, 1), mask);
        }
    }

    /** The look over it as a picture of that time, held once. */
    Frame picture(Compositor compositor, long timeNanos, FramePool pictures) throws InterruptedException {
        Nothing drawn = nothing;
        if (drawn == null) {
            drawn = Nothing.of(frames);
            nothing = drawn;
        }
        Frame picture = pictures.take();
        boolean whole = false;
        try {
            drawn.frame.stamp(0, timeNanos, 0);
            compositor.compose(drawn.frame, drawn.matte, drawn.mask, picture);
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
        if (nothing != null) {
            nothing.frame.recycle();
            nothing.pool.close();
            nothing.arena.close();
        }
    }
}
