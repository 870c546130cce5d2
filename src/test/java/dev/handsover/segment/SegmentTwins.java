package dev.handsover.segment;

import dev.handsover.frame.Frame;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** The plain Java ways into and out of a network, for tests of other ways in other packages. */
public final class SegmentTwins {
    private SegmentTwins() {}

    /** Elements of the input tensor as floats; bytes are 0..255. */
    public static float[] tensor(Frame frame, ModelCard.Input card, int width, int height) {
        try (Arena arena = Arena.ofConfined()) {
            boolean bytes = card.element() == ModelCard.Element.UINT8;
            MemorySegment tensor = arena.allocate(12L * width * height, 64);
            MemorySegment luma = arena.allocate(4L * width * height, 64);
            new Preprocess(frame.format(), card, width, height, false, arena).fill(frame, tensor, luma);
            float[] elements = new float[3 * width * height];
            for (int i = 0; i < elements.length; i++) {
                elements[i] = bytes
                        ? tensor.get(ValueLayout.JAVA_BYTE, i) & 255
                        : tensor.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            }
            return elements;
        }
    }

    /** Probabilities, then likeliest classes (all 0 when there is but one). */
    public static float[][] classes(
            float[] raw, ModelCard.Output card, boolean[] kept, long[] shape, int width, int height) {
        try (Arena arena = Arena.ofConfined()) {
            ClassReader reader = new ClassReader(card, kept, shape, width, height, false, arena);
            float[][] read = new float[2][width * height];
            if (reader.isPlain()) {
                read[0] = raw.clone();
                return read;
            }
            MemorySegment.copy(raw, 0, reader.raw(), ValueLayout.JAVA_FLOAT, 0, raw.length);
            MemorySegment probability = arena.allocate(4L * width * height, 64);
            reader.read(probability);
            MemorySegment classes = reader.classes();
            for (int i = 0; i < width * height; i++) {
                read[0][i] = probability.getAtIndex(ValueLayout.JAVA_FLOAT, i);
                read[1][i] = classes == null ? 0 : classes.get(ValueLayout.JAVA_BYTE, i) & 255;
            }
            return read;
        }
    }
}
