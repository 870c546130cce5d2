package dev.handsover.matte;

import dev.handsover.frame.Mask;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The matte's two filters on a mask of 320 × 192 cells, C and Java: the temporal one, and the guided one that finds the
 * coefficients. A copy of as many bytes as one plane read and written is beside them.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
public class MatteBenchmark {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 192;
    private static final int CELLS = WIDTH * HEIGHT;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment[] probability = {plane(), plane()};
    private final MemorySegment[] luma = {plane(), plane()};
    private final Mask[] masks = new Mask[2];
    private final GuidedMatte guided = guided(MatteKernels.best());
    private final GuidedMatte guidedTwin = guided(new JavaMatteKernels());
    private final MaskFilter temporal =
            new MaskFilter(MatteKernels.best(), WIDTH, HEIGHT, MaskFilter.figures(0.8f), arena);
    private final MaskFilter temporalTwin =
            new MaskFilter(new JavaMatteKernels(), WIDTH, HEIGHT, MaskFilter.figures(0.8f), arena);
    private int next;

    private MemorySegment plane() {
        return arena.allocate(4L * CELLS, 64);
    }

    private GuidedMatte guided(MatteKernels kernels) {
        return new GuidedMatte(kernels, WIDTH, HEIGHT, GuidedMatte.figures(2, 4e-4f, false), arena);
    }

    /** Two frames of a disc that moves by a cell over a slanted, noisy ground. */
    @Setup
    public void paint() {
        for (int k = 0; k < 2; k++) {
            for (int i = 0; i < CELLS; i++) {
                double from = Math.hypot(i % WIDTH - 150 - k, i / WIDTH - 90);
                double noise = ((i * 2_654_435_761L + k * 40_503L >>> 7) & 15) / 1500.0;
                probability[k].setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) Math.clamp((60 - from) / 4, 0, 1));
                luma[k].setAtIndex(
                        ValueLayout.JAVA_FLOAT, i, (float) (from < 60 ? 0.7 + noise : 0.3 + noise + i % WIDTH * 1e-3));
            }
            masks[k] = new Mask(WIDTH, HEIGHT, probability[k], luma[k], null);
        }
    }

    private int turn() {
        next ^= 1;
        return next;
    }

    @Benchmark
    public void guided() {
        int k = turn();
        guided.filter(probability[k], luma[k]);
    }

    @Benchmark
    public void guidedTwin() {
        int k = turn();
        guidedTwin.filter(probability[k], luma[k]);
    }

    @Benchmark
    public MemorySegment temporal() {
        return temporal.filter(masks[turn()]);
    }

    @Benchmark
    public MemorySegment temporalTwin() {
        return temporalTwin.filter(masks[turn()]);
    }

    @Benchmark
    public void copy() {
        MemorySegment.copy(luma[0], 0, luma[1], 0, 4L * CELLS);
    }

    @TearDown
    public void close() {
        arena.close();
    }
}
