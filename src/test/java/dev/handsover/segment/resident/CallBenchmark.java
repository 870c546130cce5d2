package dev.handsover.segment.resident;

import dev.handsover.segment.resident.ResidentNetwork.Shape;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * What a call into ONNX Runtime costs: {@code call} is {@code ReleaseStatus(NULL)}, a function that does nothing, so that what
 * is left is the way there and back; {@code run} is a whole run of a network of one node. Allocation: {@code -prof gc}.
 */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
public class CallBenchmark {
    private final Arena arena = Arena.ofShared();

    @SuppressWarnings("NullAway.Init") // made by open()
    private OrtApi api;

    @SuppressWarnings("NullAway.Init") // made by open()
    private NetworkSession session;

    @Setup(Level.Trial)
    public void open() throws Exception {
        OrtRuntime runtime = OrtRuntime.at(null);
        api = runtime.api();
        Path folder = Files.createTempDirectory("call");
        session = NetworkSession.open(runtime, OrtApiTest.Small.card(folder), 8, 8, new Provider.Cpu(1));
        Shape shape = session.shape();
        session.bind(
                shape,
                NetworkSession.Memory.HOST,
                0,
                arena.allocate(shape.inputBytes(), 64).address(),
                arena.allocate(shape.outputBytes(), 64).address());
    }

    @TearDown(Level.Trial)
    public void close() throws IOException {
        session.close();
        arena.close();
    }

    @Benchmark
    public void call() {
        api.nothing();
    }

    @Benchmark
    public void run() {
        session.run();
    }
}
