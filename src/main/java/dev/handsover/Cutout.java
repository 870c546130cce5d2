package dev.handsover;

import dev.handsover.capture.SourceSpec;
import dev.handsover.composite.Look;
import dev.handsover.engine.Engine;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.matte.MatteSettings;
import dev.handsover.profile.Latency;
import dev.handsover.sink.Output;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The hands of frames that another program has: a frame goes in, the picture of its own matte comes out. Runs with sources and
 * outputs are a {@link Pipeline}'s. One thread opens, uses and closes it; docs/embedding.md has a whole program.
 */
public final class Cutout implements AutoCloseable {
    /** Frames, and pictures, that the other program may hold at the same time beside those at work. */
    private static final int HELD = 8;

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();
    private final FramePool frames;
    private final Engine engine;

    private Cutout(Settings settings, PictureFormat format) {
        try {
            frames = new FramePool(format, HELD);
            opened.push(frames);
            FramePool pictures = new FramePool(Stages.canvas(settings, format), HELD);
            opened.push(pictures);
            // one frame at a time, as fast as can be: there is no other frame for a second worker
            int threads = Math.min(4, Runtime.getRuntime().availableProcessors());
            Engines.Means means = new Engines.Means(1, threads, null);
            engine = Engines.open(settings, format, pictures, means, new Latency())
                    .standing();
            opened.push(engine);
        } catch (RuntimeException e) {
            Stages.closeAll(opened);
            throw e;
        }
    }

    /**
     * Opens network, files and compositor; throws a {@code Failure} when one of them cannot be, with nothing left open.
     *
     * @param format of every frame: planar 8-bit Y'CbCr, 4:2:0 or 4:4:4
     * @param look what stands behind the hands; transparent pictures have the matte as their fourth plane
     */
    public static Cutout open(
            PictureFormat format,
            Settings.ModelChoice model,
            MatteSettings matte,
            Look look,
            Settings.LayerFiles layers) {
        SourceSpec ours = new SourceSpec.Program(() -> {
            throw new IllegalStateException("frames are given, not read");
        });
        return new Cutout(
                new Settings(
                        ours,
                        SourceSpec.Options.ALL,
                        model,
                        matte,
                        look,
                        layers,
                        null,
                        List.of(),
                        Output.Encoding.AUTO,
                        false,
                        Settings.Tuning.AUTO),
                format);
    }

    /** A frame to be filled, held once, with undefined pixels; waits while {@value #HELD} are out. */
    public Frame frame() throws InterruptedException {
        return frames.take();
    }

    /**
     * Takes the frame over and gives its picture, with that frame's number and time, held once: the caller recycles it. Frames go in in
     * order, since masks are steadied over time. When this throws there is no picture, and the next frame can be tried.
     */
    public Frame replace(Frame frame) throws InterruptedException {
        engine.begin(frame);
        return engine.finish();
    }

    /** What really runs, for people. */
    public String tier() {
        return engine.tier();
    }

    /** Frees everything; frames and pictures may not be used after this. */
    @Override
    public void close() {
        Stages.closeAll(opened);
    }
}
