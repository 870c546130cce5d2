package dev.handsover.segment;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.ffmpeg.global.swscale;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;
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
 * A 720p frame to the network's 320 × 192 tensor: the C kernel, its Java twin, and FFmpeg's scaler with the conversion to floats
 * that it leaves to do; and the ways to call ONNX Runtime's Java binding on a network of one node, so that the call is what is
 * measured: with tensors made once (as the program does), and with tensors made for each call.
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

    @TearDown
    public void close() {
        swscale.sws_freeContext(scaler);
        frame.recycle();
        pool.close();
        arena.close();
    }

    /** A session of one node, and tensors over memory of its own. */
    @State(Scope.Thread)
    public static class Call {
        private final Arena arena = Arena.ofShared();
        private final long[] shape = {1, 3, 8, 8};
        private final FloatBuffer values = arena.allocate(4 * 192, 64)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        private final FloatBuffer results = arena.allocate(4 * 192, 64)
                .asByteBuffer()
                .order(ByteOrder.nativeOrder())
                .asFloatBuffer();
        private OrtSession session = null_();
        private OnnxTensor input = null_();
        private Map<String, OnnxTensor> inputs = Map.of();
        private Map<String, OnnxValue> outputs = Map.of();

        @Setup
        public void open() throws OrtException, IOException {
            Path file = Files.createTempFile("identity", ".onnx");
            new TinyOnnx()
                    .input("input", TinyOnnx.FLOAT, shape)
                    .output("output", shape)
                    .node("Identity", new String[] {"input"}, "output")
                    .write(file);
            session = NetworkSegmenter.environment().createSession(file.toString());
            Files.delete(file);
            input = OnnxTensor.createTensor(NetworkSegmenter.environment(), values, shape);
            inputs = Map.of("input", input);
            outputs = Map.of("output", OnnxTensor.createTensor(NetworkSegmenter.environment(), results, shape));
        }

        @TearDown
        public void close() throws OrtException {
            input.close();
            session.close();
            arena.close();
        }
    }

    @Benchmark
    public void ortCallBound(Call call) throws OrtException {
        call.session.run(call.inputs, call.outputs).close();
    }

    @Benchmark
    public void ortCallTensorsAnew(Call call) throws OrtException {
        try (OnnxTensor made = OnnxTensor.createTensor(NetworkSegmenter.environment(), call.values, call.shape);
                OrtSession.Result result = call.session.run(Map.of("input", made))) {
            ((OnnxTensor) result.get(0)).getFloatBuffer().get(0);
        }
    }
}
