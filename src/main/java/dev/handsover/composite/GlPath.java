package dev.handsover.composite;

import dev.handsover.frame.ClassForm;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.MatteFigures;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.TensorForm;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A frame's whole way over the graphics device: up once, to the network's input, from its output to the matte, and the look drawn;
 * down only for who needs pixels. The network runs between {@link #take} and {@link #draw} on what {@link #input} and {@link
 * #output} are. Nothing waits for the device but {@link #awaitInput}, {@link #ready} and a ring that is full. One thread at a
 * time uses it: another one may enter after {@link #leave}.
 */
public final class GlPath implements AutoCloseable {
    private final GlPasses passes;
    private final GlCompositor compositor;
    private final GlPreprocess preprocess;
    private final GlClassReader reader;
    private final GlTensors tensors;
    private final GlMatte matte;
    private final GlMotion motion;
    private final boolean classes;
    private final String told;
    /** A window is there, but cannot draw from these pictures: it needs them in memory. */
    private final boolean seenFromMemory;

    private final boolean onDevice;
    private final int ring;
    private final float[] figures = new float[4];
    /** Of the frame that was drawn last. */
    private GlCells mask;

    private @Nullable GlStopwatch watch;

    /** Which shaders work on cells. */
    public enum Way {
        /** Compute shaders where OpenGL 4.4 is, else fragment shaders. */
        BEST,
        /** Fragment shaders, as on OpenGL 3.3 and 4.1. */
        FRAGMENTS
    }

    /**
     * Where it is drawn.
     *
     * @param window that may draw from the pictures, or null
     * @param card that the network runs on, as CUDA counts; negative for none
     */
    public record Where(Way way, @Nullable WindowShare window, int card) {
        /** Anywhere, for no window. */
        public static Where any(Way way) {
            return new Where(way, null, GlDevice.NONE);
        }
    }

    /**
     * What is drawn.
     *
     * @param frames format of every frame
     * @param canvas format of every picture, with an alpha plane just when the look is transparent
     */
    public record Drawing(PictureFormat frames, PictureFormat canvas, Look look, Layers layers) {}

    /**
     * What stands in the middle.
     *
     * @param input the tensor
     * @param output the tensor, of float32
     * @param onDevice whether it reads and writes the device's buffers itself; else {@link #input} and {@link #output} are memory
     */
    public record Network(TensorForm input, ClassForm output, boolean onDevice) {}

    /**
     * Opens a context and makes everything; throws a device {@code Failure} when there is no OpenGL.
     *
     * @param ring frames that may be under way
     */
    public GlPath(Drawing drawing, Network network, MatteFigures figures, int ring, Where where) {
        WindowShare.Joined joined = WindowShare.join(where.window(), where.card());
        GlContext context = joined.context();
        this.told = joined.told();
        this.seenFromMemory = where.window() != null && joined.window() == null;
        this.passes = new GlPasses(context, where.way() == Way.BEST && context.compute());
        if (network.onDevice() && !passes.compute()) {
            passes.close();
            throw Failure.device("The network's buffers need OpenGL 4.4, which is not here.");
        }
        this.compositor = new GlCompositor(drawing, passes, joined.window(), ring);
        int w = network.input().width();
        int h = network.input().height();
        this.preprocess = new GlPreprocess(passes, network.input());
        this.reader = new GlClassReader(passes, network.output(), w, h);
        long outputs = 4L
                * network.output().channels()
                * network.output().width()
                * network.output().height();
        this.tensors = passes.keep(new GlTensors(
                passes, preprocess, reader, network.onDevice(), network.input().size(), outputs));
        this.matte = new GlMatte(passes, figures, w, h);
        this.motion = new GlMotion(passes, w, h);
        this.mask = reader.probability();
        this.classes = network.output().channels() > 1;
        this.onDevice = network.onDevice();
        this.ring = ring;
    }

    /** From now on the device's own times are told; a device that is software has none. To be called once, before any frame. */
    public void measure(Latency latency) {
        watch = passes.keep(new GlStopwatch(
                passes.context(),
                latency,
                ring + 1,
                Stage.DEVICE_UPLOAD,
                Stage.DEVICE_PREPROCESS,
                // the processor's network is no work of the device's
                onDevice ? Stage.DEVICE_NETWORK : null,
                Stage.DEVICE_MATTE,
                Stage.DEVICE_LOOK,
                Stage.DEVICE_READ_BACK));
    }

    private void lap() {
        if (watch != null) {
            watch.lap();
        }
    }

    /** The name of the input's buffer, for a network on the device. */
    public int inputBuffer() {
        return tensors.input();
    }

    /** The name of the output's buffer, for a network on the device. */
    public int outputBuffer() {
        return tensors.output();
    }

    /** The input's memory, for a network of the processor. */
    public MemorySegment input() {
        return tensors.hostInput();
    }

    /** The output's memory, for a network of the processor. */
    public MemorySegment output() {
        return tensors.hostOutput();
    }

    /** Makes the context the thread's, which comes before anything else of a frame. */
    public void enter() {
        passes.context().enter();
    }

    /** Makes no context the thread's, so that another thread can {@link #enter}. */
    public void leave() {
        passes.context().leave();
    }

    /** Brings a frame up and makes the network's input of it. The frame may be recycled when this returns. */
    public void take(Frame frame) {
        see(frame);
        tensors.fill();
        lap();
    }

    private void see(Frame frame) {
        if (watch != null) {
            watch.begin(frame.origin());
        }
        GlPlane[] planes = compositor.upload(frame);
        lap();
        preprocess.see(planes[Frame.Y], planes[Frame.U], planes[Frame.V]);
    }

    /**
     * Brings a frame up that the network does not see, and draws it with the mask of the frame before, which must have been drawn,
     * carried along with the motion. The frame may be recycled when this returns.
     *
     * @param timeNanos of the frame
     * @return the picture's place, as of {@link #draw}
     */
    public int carry(Frame frame, long timeNanos) {
        see(frame);
        lap();
        if (watch != null) {
            watch.skip();
        }
        mask = motion.carry(mask, preprocess.means(), preprocess.before());
        return drawn(timeNanos);
    }

    /** Waits until a network of the processor may run; one on the device need not. */
    public void awaitInput() {
        tensors.await();
    }

    /**
     * Draws the frame that was taken last, from the network's output as it is now, and asks for the picture.
     *
     * @param timeNanos of the frame
     * @return the picture's place, for {@link #ready} and {@link #fetch}
     */
    public int draw(long timeNanos) {
        lap();
        tensors.read();
        mask = reader.probability();
        return drawn(timeNanos);
    }

    private int drawn(long timeNanos) {
        matte.refine(mask, preprocess.means(), preprocess.before());
        lap();
        GlPlane[] drawn = compositor.look(
                timeNanos, matte.slopes(), matte.offsets(), matte.opacity(), classes ? reader.likeliest() : null);
        lap();
        int place = compositor.ask(drawn, matte.total());
        lap();
        return place;
    }

    /** Whether anybody but the window wants the pixels of the pictures that are drawn from now on; at first somebody does. */
    public void pixels(boolean wanted) {
        compositor.pixels(wanted || seenFromMemory);
    }

    /** Waits until a picture is drawn; false when it is not in time. */
    public boolean ready(int place, long limitNanos) {
        return compositor.ready(place, limitNanos);
    }

    /** Hands a picture over that is ready, down if that was wanted. Returns the share of the frame's cells, 0..1, that the network called hand. */
    public double fetch(int place, Frame picture) {
        compositor.fetch(place, picture, figures);
        return figures[2];
    }

    /** Forgets earlier frames: after a cut, or when the stream jumps. */
    public void reset() {
        matte.reset();
    }

    /** {@code llvmpipe, OpenGL 4.5}, and how pictures get to the window where there is one. */
    public String device() {
        return passes.context().name()
                + (passes.compute() ? "" : ", fragment shaders alone")
                + (told.isEmpty() ? "" : "; " + told);
    }

    /** What draws, also without a network. */
    public Compositor compositor() {
        return compositor;
    }

    @Override
    public void close() {
        compositor.close();
    }
}
