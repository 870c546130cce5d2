package dev.handsover.segment;

import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.Frame;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/** Input tensors of rendered hands, as the program makes them. */
public final class Tensors {
    private Tensors() {}

    /** The tensors of so many frames at a size, in an arena's memory. */
    public static List<MemorySegment> ofHands(ModelCard card, int width, int height, int count, Arena arena)
            throws Exception {
        List<MemorySegment> tensors = new ArrayList<>();
        String spec = "pattern:hands?size=" + 2 * width + "x" + 2 * height + "&frames=" + count;
        try (Source source = SourceSpec.parse(spec).open(SourceSpec.Options.ALL)) {
            Preprocess preprocess = new Preprocess(source.format().picture(), card.input(), width, height, true, arena);
            MemorySegment luma = arena.allocate(4L * width * height, 64);
            Frame frame = source.read();
            while (frame != null) {
                MemorySegment tensor = arena.allocate(12L * width * height, 64);
                preprocess.fill(frame, tensor, luma);
                tensors.add(tensor);
                frame.recycle();
                frame = source.read();
            }
        }
        return tensors;
    }
}
