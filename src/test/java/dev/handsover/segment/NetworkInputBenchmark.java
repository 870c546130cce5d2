package dev.handsover.segment;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;
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
 * A 720p frame to the network's 320 × 192 tensor: the C kernel, its Java twin, FFmpeg's scaler with the conversion to floats that
 * it leaves to do, and OpenCV's functions that do the same, where {@code -Dhandsover.opencv} names the library that
 * {@code tools/bench/roofline} makes of {@code tools/bench/opencv.cpp}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
public class NetworkInputBenchmark {
    private static final int WIDTH = 320;
    private static final int HEIGHT = 192;
    private static final int CELLS = WIDTH * HEIGHT;
    private static final @Nullable MethodHandle OPENCV = openCvFunction();
    private final Arena arena = Arena.ofShared();
    private final PictureFormat format = PictureFormat.i420(1280, 720, ColorSpec.JPEG);
    private final FramePool pool = new FramePool(format, 1);
    private final MemorySegment tensor = arena.allocate(4L * 3 * CELLS + 64, 64);
    private final MemorySegment luma = arena.allocate(4L * CELLS, 64);
    private final MemorySegment rgb = arena.allocate(3L * CELLS + 64, 64);
    private final ModelCard card = ModelCard.find("hands");
    private final Preprocess fast = new Preprocess(format, card.input(), WIDTH, HEIGHT, true, arena);
    private final Preprocess slow = new Preprocess(format, card.input(), WIDTH, HEIGHT, false, arena);
    private final PointerPointer<BytePointer> from = new PointerPointer<>(4);
    private final PointerPointer<BytePointer> to = new PointerPointer<>(4);
    private final IntPointer fromStride = new IntPointer(4);
    private final IntPointer toStride = new IntPointer(4);
    private SwsContext scaler = null_();
    private Frame frame = null_();

    /** JMH fills the fields before they are used. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T null_() {
        return null;
    }

    @Setup
    public void open() throws InterruptedException {
        frame = pool.take();
        frame.fill(90, 120, 140, 0);
        for (int i = 0; i < 1280 * 720; i++) {
            frame.plane(Frame.Y).set(ValueLayout.JAVA_BYTE, i, (byte) (i * 31 + i / 1280));
        }
        scaler = swscale.sws_getContext(
                1280,
                720,
                avutil.AV_PIX_FMT_YUVJ420P,
                WIDTH,
                HEIGHT,
                avutil.AV_PIX_FMT_RGB24,
                swscale.SWS_AREA,
                null,
                null,
                (DoublePointer) null);
        for (int plane = 0; plane < 3; plane++) {
            from.put(plane, new BytePointer(frame.plane(plane).asByteBuffer()));
            fromStride.put(plane, frame.stride(plane));
        }
        to.put(0, new BytePointer(rgb.asByteBuffer()));
        toStride.put(0, 3 * WIDTH);
    }

    @Benchmark
    public void kernel() {
        fast.fill(frame, tensor, luma);
    }

    @Benchmark
    public void javaTwin() {
        slow.fill(frame, tensor, luma);
    }

    /** The scaler gives bytes in turn; the network wants floats by plane. */
    @Benchmark
    public void swscaleAndFloats() {
        swscale.sws_scale(scaler, from, fromStride, 0, 720, to, toStride);
        for (int i = 0; i < CELLS; i++) {
            for (int c = 0; c < 3; c++) {
                float value = (rgb.get(ValueLayout.JAVA_BYTE, 3L * i + c) & 0xFF) / 127.5f - 1;
                tensor.setAtIndex(ValueLayout.JAVA_FLOAT, (long) c * CELLS + i, value);
            }
        }
    }

    /** OpenCV converts the whole frame to R'G'B' first, for its scaler knows no planes of different sizes. */
    @Benchmark
    public void openCv() throws Throwable {
        if (OPENCV == null) {
            throw new IllegalStateException("name the library: -Dhandsover.opencv=…");
        }
        OPENCV.invokeExact(
                frame.address(Frame.Y),
                frame.stride(Frame.Y),
                frame.address(Frame.U),
                frame.stride(Frame.U),
                frame.address(Frame.V),
                frame.stride(Frame.V),
                1280,
                720,
                WIDTH,
                HEIGHT,
                tensor);
    }

    private static @Nullable MethodHandle openCvFunction() {
        String library = System.getProperty("handsover.opencv", "");
        if (library.isEmpty()) {
            return null;
        }
        FunctionDescriptor function = FunctionDescriptor.ofVoid(
                JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT,
                ADDRESS);
        MemorySegment address = SymbolLookup.libraryLookup(Path.of(library), Arena.global())
                .find("opencv_input")
                .orElseThrow();
        return Linker.nativeLinker().downcallHandle(address, function);
    }

    @TearDown
    public void close() {
        swscale.sws_freeContext(scaler);
        frame.recycle();
        pool.close();
        arena.close();
    }
}
