package dev.handsover.bench;

import dev.handsover.StandingPicture;
import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.Segmenter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** A few frames of rendered hands with the masks that the shipped network gives them, so that kernels meet real edges. */
final class Samples implements AutoCloseable {
    private static final int COUNT = 8;
    private final Arena arena = Arena.ofShared();
    private final FramePool pool;
    final PictureFormat format;
    final List<Frame> frames = new ArrayList<>();
    final List<Mask> masks = new ArrayList<>();

    Samples(String size) throws InterruptedException {
        try (Source source = SourceSpec.parse("pattern:hands?size=" + size + "&frames=" + COUNT)
                .open(SourceSpec.Options.ALL)) {
            this.format = source.format().picture();
            this.pool = new FramePool(format, COUNT + 1);
            try (Segmenter segmenter = Segmenter.open(ModelCard.find("hands"), format, List.of(), 1, 1, 0)
                    .getFirst()) {
                for (Frame read = source.read(); read != null; read = source.read()) {
                    Frame kept = pool.take();
                    kept.copyFrom(read);
                    kept.stamp(read.sequence(), read.timeNanos(), read.durationNanos());
                    read.recycle();
                    frames.add(kept);
                    masks.add(copy(segmenter.segment(kept)));
                }
            }
        }
    }

    private Mask copy(Mask mask) {
        long bytes = 4L * mask.width() * mask.height();
        return new Mask(mask.width(), mask.height(), copy(mask.probability(), bytes), copy(mask.luma(), bytes), null);
    }

    private MemorySegment copy(MemorySegment plane, long bytes) {
        return arena.allocate(bytes, 64).copyFrom(plane.asSlice(0, bytes));
    }

    /** A frame to draw into. */
    Frame canvas() throws InterruptedException {
        return pool.take();
    }

    /** The last sample as a layer that stands still. */
    Pictures still() {
        // the frames are the samples' own
        return new StandingPicture(frames.getLast(), () -> {});
    }

    @Override
    public void close() {
        pool.close();
        arena.close();
    }
}
