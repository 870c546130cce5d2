package dev.handsover.command;

import dev.handsover.capture.ReadTimes;
import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.capture.pattern.PatternSource;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.StreamFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rendered hands, painted once and shown for as long as it takes by any number of streams at once, without a copy: what is
 * measured with them is neither painting nor decoding. Any thread.
 */
final class PaintedHands implements AutoCloseable {
    private static final int PAINTED = 12;
    /** Frames that a stream may have out at once. */
    private static final int OUT = 24;

    private final StreamFormat format;
    private final FramePool pool;
    private final List<Frame> painted = new ArrayList<>();

    /** @param size {@code 1280x720} */
    PaintedHands(String size, int fps) throws InterruptedException {
        SourceSpec spec = SourceSpec.parse("pattern:hands?size=" + size + "&fps=" + fps + "&frames=" + PAINTED);
        try (PatternSource source = (PatternSource) spec.open(SourceSpec.Options.ALL)) {
            format = source.format();
            pool = new FramePool(format.picture(), PAINTED);
            for (int i = 0; i < PAINTED; i++) {
                Frame frame = pool.take();
                source.frame(i, frame);
                painted.add(frame);
            }
        }
    }

    /**
     * A stream of them.
     *
     * @param paced each waits for its time; none is lost
     */
    SourceSpec stream(int frames, boolean paced) {
        return new SourceSpec.Program(() -> new Stream(frames, paced));
    }

    private final class Stream implements Source {
        private final StreamFormat length;
        private final ArrayBlockingQueue<Frame> free = new ArrayBlockingQueue<>(OUT);
        private final ReadTimes times = ReadTimes.ofPainter();
        private final boolean paced;
        private long begun;
        private long sequence;

        Stream(int frames, boolean paced) {
            this.paced = paced;
            PictureFormat picture = format.picture();
            this.length = new StreamFormat(
                    picture,
                    format.timeBase(),
                    format.frameRate(),
                    format.timeBase().toNanos(frames),
                    frames,
                    false,
                    false,
                    List.of(),
                    format.metadata());
            for (int i = 0; i < OUT; i++) {
                free.add(new Frame(picture, free::add));
            }
        }

        @Override
        public StreamFormat format() {
            return length;
        }

        @Override
        public @Nullable Frame read() throws InterruptedException {
            if (sequence >= length.frames()) {
                return null;
            }
            long time = format.timeBase().toNanos(sequence);
            begun = sequence == 0 ? System.nanoTime() : begun;
            if (paced) {
                TimeUnit.NANOSECONDS.sleep(begun + time - System.nanoTime());
            }
            Frame frame = free.take();
            Frame shown = painted.get((int) (sequence % PAINTED));
            for (int plane = 0; plane < 3; plane++) {
                frame.place(plane, shown.address(plane), shown.stride(plane));
            }
            return frame.handOut(sequence++, time, format.timeBase().toNanos(1));
        }

        @Override
        public ReadTimes times() {
            return times;
        }

        @Override
        public void close() {
            // the planes are the painter's
        }
    }

    @Override
    public void close() {
        painted.forEach(Frame::recycle);
        pool.close();
    }
}
