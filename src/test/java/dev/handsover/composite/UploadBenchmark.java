package dev.handsover.composite;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import java.util.concurrent.TimeUnit;
import org.lwjgl.opengl.GL33C;
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

/** The planes of a 720p frame to textures, finished: straight from the frame, and through the buffer that stays mapped. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
        value = 1,
        jvmArgsAppend = {"--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"})
@State(Scope.Thread)
public class UploadBenchmark {
    private final PictureFormat format = PictureFormat.i420(1280, 720, ColorSpec.JPEG);
    private final FramePool pool = new FramePool(format, 1);
    private final GlPlane[] planes = new GlPlane[3];
    private GlContext context = null_();
    private GlTransfer transfer = null_();
    private Frame frame = null_();

    /** JMH fills the fields before they are used. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T null_() {
        return null;
    }

    @Setup
    public void open() throws InterruptedException {
        context = GlContext.open();
        frame = pool.take();
        frame.fill(90, 120, 140, 0);
        transfer = new GlTransfer(context.persistentMapping(), format, format, 0);
        for (int plane = 0; plane < 3; plane++) {
            planes[plane] = new GlPlane(format.planeWidth(plane), format.planeHeight(plane), GlPlane.Kind.CODE);
        }
    }

    @Benchmark
    public void straight() {
        for (int plane = 0; plane < 3; plane++) {
            planes[plane].upload(frame.address(plane), frame.stride(plane));
        }
        GL33C.glFinish();
    }

    /** As the program does where the driver has such buffers, else as {@link #straight}. */
    @Benchmark
    public void transfer() {
        transfer.upload(frame, planes);
        GL33C.glFinish();
    }

    @TearDown
    public void close() {
        transfer.close();
        for (GlPlane plane : planes) {
            plane.close();
        }
        frame.recycle();
        pool.close();
        context.close();
    }
}
