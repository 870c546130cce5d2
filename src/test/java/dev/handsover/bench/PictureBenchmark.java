package dev.handsover.bench;

import dev.handsover.composite.Compositor;
import dev.handsover.composite.CpuCompositor;
import dev.handsover.composite.Layers;
import dev.handsover.composite.Look;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import dev.handsover.matte.MatteRefiner;
import dev.handsover.matte.MatteSettings;
import java.util.List;
import java.util.concurrent.TimeUnit;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One core's time to refine a mask and to draw a picture, by look; the C kernels and their Java twins. */
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@State(Scope.Thread)
public class PictureBenchmark {
    @Param("1280x720")
    public String size = "";

    @Param({"media", "color", "blur", "pixelate", "transparent", "only-mask", "mirror", "room", "spill", "linear"})
    public String look = "";

    private Samples samples = null_();
    private MatteRefiner refiner = null_();
    private Compositor compositor = null_();
    private FramePool pool = null_();
    private Frame picture = null_();
    private int next;

    /** JMH fills the fields before they are used. */
    @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
    private static <T> T null_() {
        return null;
    }

    @Setup
    public void open() throws InterruptedException {
        samples = new Samples(size);
        Mask mask = samples.masks.getFirst();
        refiner = new MatteRefiner(mask.width(), mask.height(), MatteSettings.DEFAULT);
        PictureFormat canvas = samples.format.withAlpha(look.equals("transparent"));
        pool = new FramePool(canvas, 1);
        picture = pool.take();
        Layers layers = new Layers(samples.still(), List.of(), List.of());
        compositor = new CpuCompositor(samples.format, canvas, look(look), layers);
    }

    private static Look look(String name) {
        Look.Background media = new Look.Background.Media();
        Look.Placement whole = new Look.Placement.Whole();
        return switch (name) {
            case "media" -> Look.over(media);
            case "color" -> Look.over(new Look.Background.Color(0x204060));
            case "blur" -> Look.over(new Look.Background.Blur(25));
            case "pixelate" -> Look.over(new Look.Background.Pixelate(24));
            case "transparent" -> Look.over(new Look.Background.Transparent());
            case "room" -> Look.over(new Look.Background.Room());
            case "only-mask" -> new Look(media, whole, false, 0, 0, false, true, false);
            case "mirror" -> new Look(media, whole, true, 0, 0, false, false, false);
            case "spill" -> new Look(media, whole, false, 0.5f, 0.5f, false, false, false);
            case "linear" -> new Look(media, whole, false, 0, 0, true, false, false);
            default -> throw new IllegalArgumentException(name);
        };
    }

    private int advance() {
        next = (next + 1) % samples.frames.size();
        return next;
    }

    @Benchmark
    public Matte matte() {
        return refiner.refine(samples.masks.get(advance()));
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Dhandsover.native=off")
    public Matte matteJava() {
        return matte();
    }

    @Benchmark
    public Frame matteAndComposite() {
        int i = advance();
        Mask mask = samples.masks.get(i);
        compositor.compose(samples.frames.get(i), refiner.refine(mask), mask, picture);
        return picture;
    }

    @Benchmark
    @Fork(value = 1, jvmArgsAppend = "-Dhandsover.native=off")
    public Frame matteAndCompositeJava() {
        return matteAndComposite();
    }

    @TearDown
    public void close() {
        compositor.close();
        refiner.close();
        pool.close();
        samples.close();
    }
}
