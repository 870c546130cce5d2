package dev.handsover.engine;

import dev.handsover.composite.GlPath;
import dev.handsover.frame.ClassForm;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.MatteFigures;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import dev.handsover.frame.TensorForm;
import dev.handsover.matte.MatteRefiner;
import dev.handsover.matte.MatteSettings;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.segment.Forms;
import dev.handsover.segment.resident.ResidentNetwork;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The engine of the graphics device's memory: a frame goes up once; conversion, matte and look are passes on the device, and the
 * network reads and writes where they do. With a network of the processor its two tensors are all that crosses over. Up to three
 * frames are under way: {@link #begin} asks the device for all of a frame's work, {@link #finish} waits for the oldest picture.
 * The network sees every frame. One thread uses it, the one that opened it, since the context is that thread's.
 */
public final class ResidentEngine implements Engine {
    private static final int RING = 3;
    private static final long PATIENCE_SECONDS = 60;

    private final GlPath path;
    private final ResidentNetwork network;
    private final String name;
    private final List<Pictures> layers;
    private final FramePool pictures;
    private final Latency latency;
    private final Slot[] slots = new Slot[RING];
    private final Blank blank;
    private double coverage;
    private int oldest;
    private int pending;

    /**
     * What a resident engine shall do.
     *
     * @param drawing formats, look and layers
     * @param files that the layers come from, closed with the engine
     * @param keep class names of the card that count as kept; empty is the card's own choice
     * @param way which shaders may be used
     */
    public record Wish(
            GlPath.Drawing drawing, List<Pictures> files, List<String> keep, MatteSettings matte, GlPath.Way way) {
        public Wish {
            files = List.copyOf(files);
            keep = List.copyOf(keep);
        }
    }

    private ResidentEngine(
            Wish wish, GlPath path, ResidentNetwork network, String name, FramePool pictures, Latency latency) {
        this.blank = new Blank(wish.drawing().frames());
        this.path = path;
        this.network = network;
        this.name = name;
        this.layers = wish.files();
        this.pictures = pictures;
        this.latency = latency;
        for (int i = 0; i < RING; i++) {
            slots[i] = new Slot();
        }
    }

    /**
     * Opens the device's part, puts the network into its buffers and lets it prove itself. Takes the files over only when it
     * returns; throws a device {@code Failure} when there is no OpenGL.
     *
     * @param pictures where finished pictures come from; it outlives the engine, as the pictures do
     * @throws ResidentNetwork.Refusal when the network does not work there
     */
    public static ResidentEngine open(ResidentNetwork.Opening opening, Wish wish, FramePool pictures, Latency latency)
            throws ResidentNetwork.Refusal {
        ResidentNetwork.Shape shape = opening.shape();
        int w = shape.width();
        int h = shape.height();
        TensorForm input =
                Forms.input(wish.drawing().frames().color(), shape.card().input(), w, h);
        long[] sides = shape.output().stream().mapToLong(Long::longValue).toArray();
        ClassForm output = Forms.output(shape.card().output(), shape.card().kept(wish.keep()), sides, w, h);
        MatteFigures figures = MatteRefiner.figures(w, h, wish.matte());
        GlPath path = new GlPath(
                wish.drawing(), new GlPath.Network(input, output, opening.inBuffers()), figures, RING, wish.way());
        ResidentNetwork network = null;
        try {
            network = opening.on(
                    opening.inBuffers()
                            ? new ResidentNetwork.Place.Buffers(path.inputBuffer(), path.outputBuffer())
                            : new ResidentNetwork.Place.Host(path.input(), path.output()));
            return new ResidentEngine(wish, path, network, opening.tier(), pictures, latency);
        } finally {
            if (network == null) {
                path.close();
            }
        }
    }

    @Override
    public void begin(Frame frame) {
        if (pending == RING) {
            frame.recycle();
            throw new IllegalStateException(pending + " frames are under way");
        }
        Slot slot = slots[(oldest + pending) % RING];
        slot.note(frame);
        pending++;
        try {
            work(frame, slot);
        } catch (RuntimeException | Error e) {
            slot.failure = e;
        } finally {
            frame.recycle();
        }
    }

    /** Asks for everything; waits for the device only where the network is the processor's. */
    private void work(Frame frame, Slot slot) {
        long start = System.nanoTime();
        path.enter();
        path.take(frame);
        path.awaitInput();
        network.run();
        latency.mark(Stage.SEGMENT, start);
        start = System.nanoTime();
        slot.place = path.draw(slot.timeNanos);
        latency.mark(Stage.MATTE, start);
    }

    @Override
    public Frame finish() throws InterruptedException {
        Frame picture = finish(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS));
        if (picture == null) {
            throw new IllegalStateException("the graphics device gave no picture in " + PATIENCE_SECONDS + " s");
        }
        return picture;
    }

    @Override
    public @Nullable Frame finish(long limitNanos) throws InterruptedException {
        Slot slot = slots[oldest];
        if (pending == 0) {
            throw new IllegalStateException("no frame under way");
        }
        long start = System.nanoTime();
        path.enter();
        if (slot.failure == null && !path.ready(slot.place, limitNanos)) {
            return null;
        }
        oldest = (oldest + 1) % RING;
        pending--;
        Throwable thrown = slot.failure;
        if (thrown != null) {
            slot.failure = null;
            throw Failure.device("The graphics device failed while it worked (" + thrown.getMessage()
                    + "); start again, or with --device cpu.");
        }
        Frame picture = pictures.take();
        boolean whole = false;
        try {
            coverage = path.fetch(slot.place, picture);
            slot.stamp(picture);
            latency.mark(Stage.COMPOSITE, start);
            whole = true;
            return picture;
        } finally {
            if (!whole) {
                picture.recycle();
            }
        }
    }

    @Override
    public Frame blank(long timeNanos) throws InterruptedException {
        return blank.picture(path.compositor(), timeNanos, pictures);
    }

    @Override
    public double coverage() {
        return coverage;
    }

    @Override
    public int pending() {
        return pending;
    }

    @Override
    public int depth() {
        return RING;
    }

    @Override
    public PictureFormat canvas() {
        return path.compositor().canvas();
    }

    @Override
    public String tier() {
        ResidentNetwork.Shape shape = network.shape();
        return name + ": network " + shape.width() + "×" + shape.height() + " on " + network.describe()
                + ", all else on the graphics device (" + path.device() + ")";
    }

    @Override
    public void close() {
        path.enter();
        network.close();
        path.close();
        blank.close();
        layers.forEach(Pictures::close);
    }

    /** One frame under way: what its picture needs to know of it. */
    private static final class Slot {
        long sequence;
        long timeNanos;
        long durationNanos;
        long capturedNanos;

        @Nullable String name;

        int place;

        @Nullable Throwable failure;

        void note(Frame frame) {
            sequence = frame.sequence();
            timeNanos = frame.timeNanos();
            durationNanos = frame.durationNanos();
            capturedNanos = frame.capturedNanos();
            name = frame.name();
        }

        void stamp(Frame picture) {
            picture.stamp(sequence, timeNanos, durationNanos);
            picture.captured(capturedNanos);
            picture.name(name);
        }
    }
}
