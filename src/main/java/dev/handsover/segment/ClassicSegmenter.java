package dev.handsover.segment;

import dev.handsover.frame.Frame;
import dev.handsover.frame.Mask;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Masks by a method from before networks, on the caller's thread. */
public final class ClassicSegmenter implements Segmenter {
    private final Arena arena = Arena.ofShared();
    private final Preprocess preprocess;
    private final ClassicMethod method;
    private final ClassicMethod.Marker marker;
    private final MemorySegment rgb;
    private final MemorySegment cells;
    private final Mask mask;
    private long preparedNanos;

    private ClassicSegmenter(ClassicMethod method, ModelCard.Input input, PictureFormat frames, int width, int height) {
        this.method = method;
        this.marker = method.marker(width, height);
        this.preprocess = new Preprocess(frames, input, width, height, true, arena);
        long count = (long) width * height;
        this.rgb = arena.allocate(count * 3 + 64, 64);
        this.cells = rgb.asSlice(0, count * 3);
        this.mask = new Mask(width, height, arena.allocate(count * 4, 64), arena.allocate(count * 4, 64), null);
    }

    static List<ClassicSegmenter> open(
            ModelCard card, PictureFormat frames, List<String> keep, int workers, int pixelBudget) {
        card.kept(keep);
        ModelCard.Input input = card.input();
        int[] size = input.sizeFor(frames.displayAspect(), pixelBudget > 0 ? pixelBudget : input.pixels());
        List<ClassicSegmenter> segmenters = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            segmenters.add(
                    new ClassicSegmenter(Objects.requireNonNull(card.method()), input, frames, size[0], size[1]));
        }
        return segmenters;
    }

    @Override
    public Mask segment(Frame frame) {
        preprocess.fill(frame, rgb, mask.luma());
        preparedNanos = System.nanoTime();
        marker.mark(cells, mask.probability());
        return mask;
    }

    @Override
    public Mask see(Frame frame) {
        preprocess.fill(frame, rgb, mask.luma());
        preparedNanos = System.nanoTime();
        return mask;
    }

    @Override
    public long preparedNanos() {
        return preparedNanos;
    }

    @Override
    public int width() {
        return mask.width();
    }

    @Override
    public int height() {
        return mask.height();
    }

    @Override
    public int threads() {
        return 1;
    }

    @Override
    public String describe() {
        return method.describe();
    }

    @Override
    public void close() {
        arena.close();
    }
}
