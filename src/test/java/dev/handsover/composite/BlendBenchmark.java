package dev.handsover.composite;

import dev.handsover.frame.Matte;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Blending one 720p luma plane, and making its alpha, by three ways of writing the same arithmetic: C through FFM, plain Java, and the Vector API, which
 * is as fast as C but still incubating (docs/performance.md), so that it lives here alone. All three must give the same bytes, or nothing is measured. {@code copy} moves
 * as many bytes without arithmetic: what the memory allows.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {
            "--add-modules=jdk.incubator.vector",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow"
        })
@State(Scope.Thread)
public class BlendBenchmark {
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;
    private static final int CELLS_X = 320;
    private static final int CELLS_Y = 192;
    private static final int SIZE = WIDTH * HEIGHT;
    private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;
    private static final VectorSpecies<Short> SHORTS = ShortVector.SPECIES_256;

    /** {@code hands}: as in life, a fifth of the plane covered by soft-edged discs; {@code soft}: no pixel is sure. */
    @Param({"hands", "soft"})
    public String matte = "";

    private final MemorySegment planes = Arena.ofAuto().allocate(4L * SIZE, 64);
    private final MemorySegment above = planes.asSlice(0, SIZE);
    private final MemorySegment alpha = planes.asSlice(SIZE, SIZE);
    private final MemorySegment below = planes.asSlice(2L * SIZE, SIZE);
    private final MemorySegment out = planes.asSlice(3L * SIZE, SIZE);
    private final Grid grid = new Grid(WIDTH, HEIGHT, CELLS_X, CELLS_Y, Arena.ofAuto());
    private final FloatGrid floats = new FloatGrid(WIDTH, HEIGHT, CELLS_X, CELLS_Y, Arena.ofAuto());
    private final Matte coefficients = new Matte(
            CELLS_X,
            CELLS_Y,
            Arena.ofAuto().allocate(4L * CELLS_X * CELLS_Y, 64),
            Arena.ofAuto().allocate(4L * CELLS_X * CELLS_Y, 64),
            1);
    private final BlendKernels java = new JavaBlendKernels();
    private final BlendKernels fast = BlendKernels.best();

    @Setup
    public void paint() {
        for (int at = 0; at < SIZE; at++) {
            above.set(ValueLayout.JAVA_BYTE, at, (byte) (at * 31));
            below.set(ValueLayout.JAVA_BYTE, at, (byte) (at * 17 + 5));
            double from = Math.min(
                    Math.hypot(at % WIDTH - 400, at / WIDTH - 400), Math.hypot(at % WIDTH - 900, at / WIDTH - 350));
            double cover = matte.equals("soft") ? 0.1 + 0.8 * from / 900 : (180 - from) / 8;
            alpha.set(ValueLayout.JAVA_BYTE, at, (byte) Math.round(255 * Math.min(1, Math.max(0, cover))));
        }
        coefficients();
        guidedApplyTwin();
        byte[] covers = out.toArray(ValueLayout.JAVA_BYTE);
        guidedApply();
        same(covers, fast.describe());
        guidedApplyFloats();
        near(covers);
        javaTwin();
        byte[] wanted = out.toArray(ValueLayout.JAVA_BYTE);
        kernel();
        same(wanted, fast.describe());
        vector();
        same(wanted, "the Vector API");
    }

    private void same(byte[] wanted, String who) {
        if (out.mismatch(MemorySegment.ofArray(wanted)) >= 0) {
            throw new IllegalStateException(who + " blends differently");
        }
        out.fill((byte) 0);
    }

    private void near(byte[] wanted) {
        for (int i = 0; i < SIZE; i++) {
            int apart = (out.get(ValueLayout.JAVA_BYTE, i) & 0xFF) - (wanted[i] & 0xFF);
            if (Math.abs(apart) > 1) {
                throw new IllegalStateException("floats say something else: " + apart + " codes apart");
            }
        }
        out.fill((byte) 0);
    }

    /** C where there is a compiler. */
    @Benchmark
    public void kernel() {
        blend(fast);
    }

    @Benchmark
    public void javaTwin() {
        blend(java);
    }

    private void blend(BlendKernels kernels) {
        kernels.blend(
                above.address(),
                WIDTH,
                alpha.address(),
                WIDTH,
                below.address(),
                WIDTH,
                out.address(),
                WIDTH,
                WIDTH,
                HEIGHT);
    }

    /** The same 16-bit arithmetic as {@code native/blend.c}, blocks that are sure skipped likewise. */
    @Benchmark
    public void vector() {
        int lanes = BYTES.length();
        for (int at = 0; at < SIZE; at += lanes) {
            ByteVector cover = ByteVector.fromMemorySegment(BYTES, alpha, at, ByteOrder.nativeOrder());
            if (cover.eq((byte) 0).allTrue()) {
                ByteVector.fromMemorySegment(BYTES, below, at, ByteOrder.nativeOrder())
                        .intoMemorySegment(out, at, ByteOrder.nativeOrder());
                continue;
            }
            if (cover.eq((byte) 255).allTrue()) {
                ByteVector.fromMemorySegment(BYTES, above, at, ByteOrder.nativeOrder())
                        .intoMemorySegment(out, at, ByteOrder.nativeOrder());
                continue;
            }
            ShortVector m = wide(cover);
            ShortVector f = wide(ByteVector.fromMemorySegment(BYTES, above, at, ByteOrder.nativeOrder()));
            ShortVector g = wide(ByteVector.fromMemorySegment(BYTES, below, at, ByteOrder.nativeOrder()));
            ShortVector v = m.mul(f).add(m.neg().add((short) 255).mul(g)).add((short) 127);
            v = v.add((short) 1).add(v.lanewise(VectorOperators.LSHR, 8)).lanewise(VectorOperators.LSHR, 8);
            ((ByteVector) v.convertShape(VectorOperators.S2B, BYTES, 0))
                    .intoMemorySegment(out, at, ByteOrder.nativeOrder());
        }
    }

    private static ShortVector wide(ByteVector bytes) {
        return (ShortVector) bytes.convertShape(VectorOperators.ZERO_EXTEND_B2S, SHORTS, 0);
    }

    /** Alpha from the guided filter's coefficients: a byte of luma read, where the matte is not sure, and a byte written. */
    @Benchmark
    public void guidedApply() {
        apply(fast);
    }

    @Benchmark
    public void guidedApplyTwin() {
        apply(java);
    }

    private void apply(BlendKernels kernels) {
        grid.load(coefficients, kernels);
        kernels.alpha(above.address(), WIDTH, grid, 0, HEIGHT, 255, out.address(), WIDTH);
    }

    /** Without what comes once a frame: the coefficients' way into 16 bits. */
    @Benchmark
    public void guidedApplyAlone() {
        fast.alpha(above.address(), WIDTH, grid, 0, HEIGHT, 255, out.address(), WIDTH);
    }

    /** The design before: eight floats at a time, bit for bit as Java's, each row of cells stretched twice. */
    @Benchmark
    public void guidedApplyFloats() {
        floats.load(coefficients);
        floats.alpha(above.address(), WIDTH, out.address(), WIDTH);
    }

    /** Coefficients that say what the matte says: unsure cells follow luma. */
    private void coefficients() {
        for (int y = 0; y < CELLS_Y; y++) {
            for (int x = 0; x < CELLS_X; x++) {
                long at = (long) y * HEIGHT / CELLS_Y * WIDTH + x * WIDTH / CELLS_X;
                int code = alpha.get(ValueLayout.JAVA_BYTE, at) & 0xFF;
                boolean sure = code == 0 || code == 255;
                long cell = (long) y * CELLS_X + x;
                coefficients.a().setAtIndex(ValueLayout.JAVA_FLOAT, cell, sure ? 0 : 0.4f);
                coefficients.b().setAtIndex(ValueLayout.JAVA_FLOAT, cell, sure ? code / 255f : code / 255f - 0.2f);
            }
        }
    }

    /** As many bytes read and written, nothing computed: the memory's own limit. */
    @Benchmark
    public long copy() {
        MemorySegment.copy(above, 0, out, 0, SIZE);
        MemorySegment.copy(below, 0, out, 0, SIZE / 2);
        MemorySegment.copy(alpha, 0, out, SIZE / 2, SIZE / 2);
        return out.get(ValueLayout.JAVA_BYTE, 0);
    }
}
