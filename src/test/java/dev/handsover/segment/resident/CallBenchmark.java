package dev.handsover.segment.resident;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.handsover.segment.ModelCard;
import dev.handsover.segment.resident.ResidentNetwork.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What a call into ONNX Runtime costs, by every way there is, on one small network over the same memory: {@code javaAnew} and
 * {@code javaKept} by its own Java binding, with tensors made for each run and with tensors made once; {@code ffm} by its C
 * interface with names and values handed over at each run; {@code ffmBound} with both bound, as the resident engine runs.
 * {@code nothing} is {@code ReleaseStatus(NULL)}: the way there and back alone. Allocation: {@code -prof gc}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
@SuppressWarnings("NullAway.Init") // made by open()
public class CallBenchmark {
    private static final MethodHandle RUN = OrtApi.Shape.RUN.handle;
    private final Arena arena = Arena.ofShared();

    private OrtApi api;
    private NetworkSession bound;
    private long session;
    private long runOptions;
    private MemorySegment inputNames;
    private MemorySegment inputs;
    private MemorySegment outputNames;
    private MemorySegment outputs;
    private OrtSession java;
    private long[] inputShape;
    private FloatBuffer values;
    private Map<String, OnnxTensor> kept;
    private Map<String, OnnxValue> results;

    @Setup(Level.Trial)
    public void open() throws Exception {
        OrtRuntime runtime = OrtRuntime.at(null);
        api = runtime.api();
        ModelCard card = OrtApiTest.Small.card(Files.createTempDirectory("call"));
        bound = NetworkSession.open(runtime, card, 8, 8, new Provider.Cpu(1));
        Shape shape = bound.shape();
        MemorySegment in = arena.allocate(shape.inputBytes(), 64);
        MemorySegment out = arena.allocate(shape.outputBytes(), 64);
        bound.bind(shape, NetworkSession.Memory.HOST, 0, in.address(), out.address());
        long[] outputShape = shape.output().stream().mapToLong(Long::longValue).toArray();
        inputShape = shape.input();
        openFfm(runtime, card, in, out, outputShape);
        openJava(card.file(), in, out, outputShape);
    }

    private void openFfm(OrtRuntime runtime, ModelCard card, MemorySegment in, MemorySegment out, long[] outputShape)
            throws Exception {
        long options = api.make(arena, OrtApi.Slot.CREATE_SESSION_OPTIONS);
        api.call(OrtApi.Slot.SET_INTRA_OP_THREADS, options, 1);
        MemorySegment file = arena.allocateFrom(card.file().toString());
        session = api.make(arena, OrtApi.Slot.CREATE_SESSION, runtime.environment(), file, options);
        api.release(OrtApi.Slot.RELEASE_SESSION_OPTIONS, options);
        runOptions = api.make(arena, OrtApi.Slot.CREATE_RUN_OPTIONS);
        long memory = api.make(arena, OrtApi.Slot.CREATE_MEMORY_INFO, arena.allocateFrom("Cpu"), 0, 0, 0);
        inputNames = OrtApi.texts(arena, List.of("in"), 1);
        outputNames = OrtApi.texts(arena, List.of("out"), 1);
        inputs = value(memory, in, inputShape);
        outputs = value(memory, out, outputShape);
        api.release(OrtApi.Slot.RELEASE_MEMORY_INFO, memory);
    }

    /** A list of one tensor over that memory. */
    private MemorySegment value(long memory, MemorySegment at, long[] shape) throws Exception {
        MemorySegment list = arena.allocate(ValueLayout.JAVA_LONG);
        MemorySegment sizes = arena.allocateFrom(ValueLayout.JAVA_LONG, shape);
        long made = api.make(
                arena, OrtApi.Slot.CREATE_TENSOR, memory, at.address(), at.byteSize(), sizes, (long) shape.length, 1);
        list.set(ValueLayout.JAVA_LONG, 0, made);
        return list;
    }

    private void openJava(Path file, MemorySegment in, MemorySegment out, long[] outputShape) throws OrtException {
        OrtEnvironment environment = OrtEnvironment.getEnvironment();
        try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
            options.setIntraOpNumThreads(1);
            java = environment.createSession(file.toString(), options);
        }
        values = floats(in);
        kept = Map.of("in", OnnxTensor.createTensor(environment, values, inputShape));
        results = Map.of("out", OnnxTensor.createTensor(environment, floats(out), outputShape));
    }

    private static FloatBuffer floats(MemorySegment memory) {
        return memory.asByteBuffer().order(ByteOrder.nativeOrder()).asFloatBuffer();
    }

    @TearDown(Level.Trial)
    public void close() throws IOException, OrtException {
        bound.close();
        java.close();
        api.release(OrtApi.Slot.RELEASE_VALUE, inputs.get(ValueLayout.JAVA_LONG, 0));
        api.release(OrtApi.Slot.RELEASE_VALUE, outputs.get(ValueLayout.JAVA_LONG, 0));
        api.release(OrtApi.Slot.RELEASE_RUN_OPTIONS, runOptions);
        api.release(OrtApi.Slot.RELEASE_SESSION, session);
        arena.close();
    }

    @Benchmark
    public void nothing() {
        api.nothing();
    }

    @Benchmark
    public void ffmBound() {
        bound.run();
    }

    @Benchmark
    public void ffm() throws Throwable {
        long status = (long) RUN.invokeExact(
                api.at(OrtApi.Slot.RUN), session, runOptions, inputNames, inputs, 1L, outputNames, 1L, outputs);
        api.check(status);
    }

    @Benchmark
    public void javaKept() throws OrtException {
        java.run(kept, results).close();
    }

    @Benchmark
    public float javaAnew() throws OrtException {
        try (OnnxTensor made = OnnxTensor.createTensor(OrtEnvironment.getEnvironment(), values, inputShape);
                OrtSession.Result result = java.run(Map.of("in", made))) {
            return ((OnnxTensor) result.get(0)).getFloatBuffer().get(0);
        }
    }
}
