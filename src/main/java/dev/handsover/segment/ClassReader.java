package dev.handsover.segment;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.handsover.frame.ClassForm;
import dev.handsover.frame.NativeKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * From a network's output to the probability of being kept, at the input's size. Outputs of another size are resized
 * bilinearly before they become probabilities, as the networks were trained.
 */
final class ClassReader {
    private static final Optional<MethodHandle> CLASSES = NativeKernels.find(
            "ho_classes", FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, ADDRESS));

    private final ClassForm.Meaning meaning;
    private final boolean[] kept;
    private final int channels;
    private final int width;
    private final int height;
    private final int outWidth;
    private final int outHeight;
    private final int cellStep;
    private final int channelStep;
    private final boolean plain;
    private final MemorySegment raw;
    private final @Nullable MemorySegment classes;
    private final int[] left;
    private final float[] across;
    private final double scaleY;
    private final double shiftY;
    private final float[] values;
    /** One byte a class; null where the plain way is taken. */
    private final @Nullable MemorySegment keptBytes;

    /**
     * @param kept one flag a class
     * @param shape of the output tensor, four dimensions
     * @param width cells of the mask
     * @param height rows of cells of the mask
     * @param allowNative the C kernel may read planes of the mask's own size that are probabilities already
     */
    ClassReader(
            ModelCard.Output card,
            boolean[] kept,
            long[] shape,
            int width,
            int height,
            boolean allowNative,
            Arena arena) {
        ClassForm form = Forms.output(card, kept, shape, width, height);
        this.channels = form.channels();
        this.meaning = form.meaning();
        this.kept = kept.clone();
        this.width = width;
        this.height = height;
        this.outHeight = form.height();
        this.outWidth = form.width();
        this.cellStep = form.cellStep();
        this.channelStep = form.channelStep();
        this.plain = form.plain(width, height);
        this.raw = plain ? MemorySegment.NULL : arena.allocate(4L * channels * outWidth * outHeight, 64);
        this.classes = channels > 1 ? arena.allocate((long) width * height, 64) : null;
        this.left = new int[width];
        this.across = new float[width];
        for (int x = 0; x < width; x++) {
            double at = Math.clamp(x * form.scaleX() + form.shiftX(), 0, outWidth - 1);
            left[x] = Math.min((int) at, Math.max(0, outWidth - 2));
            across[x] = outWidth == 1 ? 0 : (float) (at - left[x]);
        }
        this.scaleY = form.scaleY();
        this.shiftY = form.shiftY();
        this.values = new float[channels];
        boolean planes = meaning == ClassForm.Meaning.PROBABILITY && cellStep == 1 && channels > 1;
        boolean same = outWidth == width && outHeight == height;
        this.keptBytes = allowNative && planes && same && CLASSES.isPresent() ? bytes(arena, this.kept) : null;
    }

    private static MemorySegment bytes(Arena arena, boolean[] flags) {
        MemorySegment bytes = arena.allocate(flags.length);
        for (int i = 0; i < flags.length; i++) {
            bytes.set(JAVA_BYTE, i, (byte) (flags[i] ? 1 : 0));
        }
        return bytes;
    }

    /** True when the output already is the mask: then it may be written there directly. */
    boolean isPlain() {
        return plain;
    }

    /** Where the network writes unless the output is plain. */
    MemorySegment raw() {
        return raw;
    }

    @Nullable MemorySegment classes() {
        return classes;
    }

    /** Fills the mask from {@link #raw}; nothing is to be done for a plain output. */
    void read(MemorySegment probability) {
        if (plain) {
            return;
        }
        if (keptBytes != null && classes != null) {
            readNative(keptBytes, probability, classes);
            return;
        }
        for (int y = 0; y < height; y++) {
            double at = Math.clamp(y * scaleY + shiftY, 0, outHeight - 1);
            int top = Math.min((int) at, Math.max(0, outHeight - 2));
            float down = outHeight == 1 ? 0 : (float) (at - top);
            for (int x = 0; x < width; x++) {
                interpolate(top * outWidth + left[x], across[x], down);
                probability.setAtIndex(JAVA_FLOAT, (long) y * width + x, keptShare((long) y * width + x));
            }
        }
    }

    private void readNative(MemorySegment keptFlags, MemorySegment probability, MemorySegment likeliest) {
        try {
            CLASSES.orElseThrow().invokeExact(raw, channels, keptFlags, width * height, probability, likeliest);
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    private void interpolate(int cell, float ax, float ay) {
        int right = outWidth == 1 ? 0 : cellStep;
        int below = outHeight == 1 ? 0 : outWidth * cellStep;
        for (int c = 0; c < channels; c++) {
            long base = (long) cell * cellStep + (long) c * channelStep;
            float v0 = raw.getAtIndex(JAVA_FLOAT, base);
            float v1 = raw.getAtIndex(JAVA_FLOAT, base + right);
            float v2 = raw.getAtIndex(JAVA_FLOAT, base + below);
            float v3 = raw.getAtIndex(JAVA_FLOAT, base + below + right);
            values[c] = between(between(v0, v1, ax), between(v2, v3, ax), ay);
        }
    }

    /** Exact at both ends. */
    private static float between(float a, float b, float share) {
        return share == 1 ? b : a + share * (b - a);
    }

    /** The kept classes' probability of the values in hand; notes the most likely class. */
    private float keptShare(long cell) {
        int best = 0;
        for (int c = 1; c < channels; c++) {
            if (values[c] > values[best]) {
                best = c;
            }
        }
        MemorySegment map = classes;
        if (map != null) {
            map.set(JAVA_BYTE, cell, (byte) best);
        }
        return switch (meaning) {
            case PROBABILITY -> union(false);
            case SIGMOID -> union(true);
            case SOFTMAX -> softmax(values[best]);
        };
    }

    /** The largest of the kept classes, which do not exclude each other; what is no number is none. */
    private float union(boolean logits) {
        float most = 0;
        for (int c = 0; c < channels; c++) {
            if (kept[c]) {
                float p = logits ? (float) (1 / (1 + Math.exp(-values[c]))) : values[c];
                most = p > most ? p : most;
            }
        }
        return Math.min(most, 1);
    }

    private float softmax(float largest) {
        double all = 0;
        double mine = 0;
        for (int c = 0; c < channels; c++) {
            double e = Math.exp(values[c] - largest);
            all += e;
            mine += kept[c] ? e : 0;
        }
        return (float) (mine / all);
    }
}
