package dev.handsover.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handsover.frame.NativeKernels;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The C kernel and the plain Java way give the same bits of the same output. */
class ClassReaderTest {
    private static ModelCard.Output card(int channels) {
        List<String> names = IntStream.range(0, channels).mapToObj(i -> "c" + i).toList();
        return new ModelCard.Output(
                "", ModelCard.Layout.NCHW, ModelCard.Activation.PROBABILITY, names, List.of("c0"), false);
    }

    /** Probability as bits, then classes. */
    private static int[] read(float[] raw, boolean[] kept, int width, int height, boolean allowNative) {
        try (Arena arena = Arena.ofConfined()) {
            long[] shape = {1, kept.length, height, width};
            ClassReader reader = new ClassReader(card(kept.length), kept, shape, width, height, allowNative, arena);
            MemorySegment.copy(raw, 0, reader.raw(), ValueLayout.JAVA_FLOAT, 0, raw.length);
            MemorySegment probability = arena.allocate(4L * width * height, 64);
            reader.read(probability);
            MemorySegment classes = reader.classes();
            int cells = width * height;
            int[] all = new int[2 * cells];
            for (int i = 0; i < cells; i++) {
                all[i] = Float.floatToRawIntBits(probability.getAtIndex(ValueLayout.JAVA_FLOAT, i));
                all[cells + i] = classes == null ? -1 : classes.get(ValueLayout.JAVA_BYTE, i);
            }
            return all;
        }
    }

    @ParameterizedTest
    @CsvSource({"32, 32, 2", "320, 192, 2", "33, 7, 3", "1, 1, 2", "1, 9, 4", "513, 2, 21"})
    void kernelAndTwinGiveTheSameBits(int width, int height, int channels) {
        assumeTrue(NativeKernels.present(), NativeKernels.reason());
        Random random = new Random(7);
        for (int round = 0; round < 4; round++) {
            float[] raw = new float[channels * width * height];
            for (int i = 0; i < raw.length; i++) {
                // sixteenths make equal ones likely; some lie outside 0..1
                raw[i] = round % 2 == 0 ? random.nextInt(-2, 19) / 16f : random.nextFloat();
            }
            boolean[] kept = new boolean[channels];
            for (int c = 0; c < channels; c++) {
                kept[c] = c == round % channels || random.nextInt(4) == 0;
            }
            assertArrayEquals(read(raw, kept, width, height, false), read(raw, kept, width, height, true));
        }
    }

    @Test
    void whatIsNoNumberIsNoHand() {
        float[] raw = {Float.NaN, 0.75f, 0.25f, Float.NaN};
        for (boolean allowNative : new boolean[] {false, true}) {
            int[] read = read(raw, new boolean[] {true, false}, 2, 1, allowNative);
            assertEquals(0, Float.intBitsToFloat(read[0]));
            assertEquals(0.75f, Float.intBitsToFloat(read[1]));
        }
    }
}
