package dev.handsover.capture.pattern;

import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import org.jspecify.annotations.Nullable;

/**
 * Paints each of a few seconds' frames once, ahead and on a thread of its own, and shows them forwards and backwards for ever, so
 * that a painter that takes as long as a network does not disturb what is measured live: a frame that is not painted yet is not
 * waited for, the newest that is stands in for it. Costs a frame's memory for each.
 */
final class Replay implements PatternSource.Painter {
    /** Two seconds at 30 frames a second; 80 MB at 720p. */
    private static final int FRAMES = 60;

    private final PatternSource.Painter painter;
    private final FramePool pool;
    private final @Nullable Frame[] frames = new Frame[FRAMES];
    private final Thread thread;
    /** Frames that are painted, from the first on. */
    private int painted;

    private @Nullable RuntimeException failure;
    private volatile boolean closing;

    Replay(PatternSource.Painter painter, PictureFormat format) {
        this.painter = painter;
        this.pool = new FramePool(format, FRAMES);
        this.thread = Thread.ofPlatform().daemon().name("painter").start(this::paintAhead);
    }

    /** The painter's own frame that stands at this place of the replay. */
    static long frameAt(long index) {
        long place = index % (2 * FRAMES - 2);
        return place < FRAMES ? place : 2 * FRAMES - 2 - place;
    }

    private void paintAhead() {
        try {
            for (int i = 0; i < FRAMES && !closing; i++) {
                Frame frame = pool.take();
                painter.paint(i, frame);
                frames[i] = frame;
                count(i + 1, null);
            }
        } catch (InterruptedException e) {
            // close() asks for the end
        } catch (RuntimeException e) {
            count(FRAMES, e);
        }
    }

    private synchronized void count(int ready, @Nullable RuntimeException broken) {
        painted = ready;
        failure = broken;
        notifyAll();
    }

    @Override
    public void paint(long index, Frame frame) {
        frame.copyFrom(painted((int) frameAt(index)));
    }

    /** This frame, or the newest before it. */
    private synchronized Frame painted(int wanted) {
        try {
            while (painted == 0) {
                wait();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        Frame known = frames[Math.min(wanted, painted - 1)];
        if (known == null) {
            throw new IllegalStateException("the pattern was not painted", failure);
        }
        return known;
    }

    @Override
    public void close() {
        closing = true;
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        pool.close();
        painter.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
