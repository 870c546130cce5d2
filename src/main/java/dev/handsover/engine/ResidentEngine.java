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
 * network reads and writes where they do. With a network of the processor its two tensors are all that crosses over, and it runs
 * on a thread of its own. Up to three frames are under way: {@link #begin} asks for a frame's work up to the network, and for the
 * matte and picture of the one before; {@link #finish} waits for the oldest picture. A frame that the network does not see is
 * drawn at once, with the mask of the one before carried along. The ring is moved on by both, which is read more safely in one
 * file than in two.
 */
public final class ResidentEngine implements Engine {
    private static final int RING = 3;
    private final GlPath path;
    private final ResidentNetwork network;
    /** Runs the network between host memory; null when the device's own queue does. */
    private final @Nullable NetworkThread worker;

    private final String name;
    private final List<Pictures> layers;
    private final FramePool pictures;
    private final Latency latency;
    private final Underway[] slots = new Underway[RING];
    private final Blank blank;
    private final int networkEvery;
    /** Frames since the network saw one last; at first it sees one. */
    private int unseen;
    /** Whose network the worker runs. */
    private @Nullable Underway running;

    private Thread owner = Thread.currentThread();
    private double coverage;
    private int oldest;
    private int pending;

    /**
     * What a resident engine shall do.
     *
     * @param drawing formats, look and layers
     * @param files that the layers come from, closed with the engine
     * @param keep class names of the card that count as kept; empty is the card's own choice
     * @param networkEvery the network sees every so-manieth frame; between them its mask is carried along with the motion
     * @param where which shaders may be used, for which window, on which card
     */
    public record Wish(
            GlPath.Drawing drawing,
            List<Pictures> files,
            List<String> keep,
            MatteSettings matte,
            int networkEvery,
            GlPath.Where where) {
        public Wish {
            files = List.copyOf(files);
            keep = List.copyOf(keep);
        }
    }

    private ResidentEngine(
            Wish wish,
            GlPath path,
            ResidentNetwork network,
            ResidentNetwork.Opening opening,
            FramePool pictures,
            Latency latency) {
        this.blank = new Blank(wish.drawing().frames());
        this.networkEvery = wish.networkEvery();
        this.unseen = networkEvery - 1;
        this.path = path;
        this.network = network;
        this.worker = opening.inBuffers() ? null : new NetworkThread(network);
        this.name = opening.tier();
        this.layers = wish.files();
        this.pictures = pictures;
        this.latency = latency;
        for (int i = 0; i < RING; i++) {
            slots[i] = new Underway();
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
                wish.drawing(), new GlPath.Network(input, output, opening.inBuffers()), figures, RING, wish.where());
        path.measure(latency);
        ResidentNetwork network = null;
        try {
            network = opening.on(
                    opening.inBuffers()
                            ? new ResidentNetwork.Place.Buffers(path.inputBuffer(), path.outputBuffer())
                            : new ResidentNetwork.Place.Host(path.input(), path.output()));
            return new ResidentEngine(wish, path, network, opening, pictures, latency);
        } finally {
            if (network == null) {
                path.close();
            }
        }
    }

    /** Makes context and card this thread's. */
    private void enter() {
        path.enter();
        Thread now = Thread.currentThread();
        if (now != owner) {
            network.enter();
            owner = now;
        }
    }

    @Override
    public void begin(Frame frame) throws InterruptedException {
        if (pending == RING) {
            frame.recycle();
            throw new IllegalStateException(pending + " frames are under way");
        }
        Underway slot = slots[(oldest + pending) % RING];
        slot.note(frame);
        pending++;
        try {
            enter();
            // the next frame's tensor goes where the last one's is
            if (!drawn(TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS))) {
                throw new IllegalStateException("the network gave nothing in " + PATIENCE_SECONDS + " s");
            }
            unseen = (unseen + 1) % networkEvery;
            if (unseen == 0) {
                work(frame, slot);
            } else {
                carry(frame, slot);
            }
        } catch (RuntimeException | Error e) {
            fail(slot, e);
        } finally {
            frame.recycle();
        }
    }

    /** Asks for everything up to the network, and beyond where the device keeps the order by itself. */
    private void work(Frame frame, Underway slot) {
        path.take(frame);
        path.awaitInput();
        slot.networkNanos = System.nanoTime();
        latency.span(Stage.PREPROCESS, slot.origin, slot.begunNanos, slot.networkNanos);
        if (worker != null) {
            running = slot;
            worker.start();
        } else {
            network.run();
            draw(slot, System.nanoTime());
        }
    }

    /** Asks for all of a frame that the network does not see. */
    private void carry(Frame frame, Underway slot) {
        long start = System.nanoTime();
        slot.place = path.carry(frame, slot.timeNanos);
        latency.mark(Stage.MATTE, slot.origin, start);
    }

    /** There is no mask of this frame to carry along, so the network sees the next one. */
    private void fail(Underway slot, Throwable thrown) {
        slot.failure = thrown;
        unseen = networkEvery - 1;
    }

    /** Matte and picture of the frame whose network runs, once it has run; false when it has not in time. */
    private boolean drawn(long limitNanos) throws InterruptedException {
        Underway slot = running;
        if (slot == null || worker == null) {
            return true;
        }
        if (!worker.await(limitNanos)) {
            return false;
        }
        running = null;
        Throwable thrown = worker.failure();
        try {
            if (thrown == null) {
                draw(slot, worker.endNanos());
            }
        } catch (RuntimeException | Error e) {
            thrown = e;
        }
        if (thrown != null) {
            fail(slot, thrown);
        }
        return true;
    }

    private void draw(Underway slot, long ranNanos) {
        latency.span(Stage.NETWORK, slot.origin, slot.networkNanos, ranNanos);
        latency.span(Stage.SEGMENT, slot.origin, slot.begunNanos, ranNanos);
        long start = System.nanoTime();
        slot.place = path.draw(slot.timeNanos);
        latency.mark(Stage.MATTE, slot.origin, start);
    }

    @Override
    public @Nullable Frame finish(long limitNanos) throws InterruptedException {
        Underway slot = slots[oldest];
        if (pending == 0) {
            throw new IllegalStateException("no frame under way");
        }
        long end = System.nanoTime() + limitNanos;
        enter();
        if (slot == running && !drawn(limitNanos)) {
            return null;
        }
        long start = System.nanoTime();
        if (slot.failure == null && !path.ready(slot.place, end - start)) {
            return null;
        }
        oldest = (oldest + 1) % RING;
        pending--;
        Throwable thrown = slot.failure;
        if (thrown != null) {
            slot.failure = null;
            throw Failure.device("The " + (name.equals("gl+cpu") ? "network or the graphics device" : "graphics device")
                    + " failed while it worked (" + thrown.getMessage() + "); start again, or with --device cpu.");
        }
        Frame picture = pictures.take();
        boolean whole = false;
        try {
            long read = System.nanoTime();
            coverage = path.fetch(slot.place, picture);
            slot.stamp(picture);
            latency.span(Stage.COMPOSITE, slot.origin, start, read);
            latency.mark(Stage.READ_BACK, slot.origin, read);
            latency.mark(Stage.ENGINE, slot.origin, slot.begunNanos);
            whole = true;
            return picture;
        } finally {
            if (!whole) {
                picture.recycle();
            }
        }
    }

    @Override
    public void pixels(boolean wanted) {
        path.pixels(wanted);
    }

    @Override
    public Frame blank(long timeNanos) throws InterruptedException {
        enter();
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
    public void leave() {
        path.leave();
    }

    @Override
    public String tier() {
        ResidentNetwork.Shape shape = network.shape();
        return name + ": network " + shape.width() + "×" + shape.height() + " on " + network.describe()
                + (networkEvery == 1
                        ? ", for every frame"
                        : ", for one frame of " + networkEvery + " (its mask carried along)")
                + ", all else on the graphics device (" + path.device() + ")";
    }

    @Override
    public void close() {
        try {
            enter();
        } catch (IllegalStateException e) {
            // a lost device: what can be given back is
        }
        if (worker != null) {
            worker.close();
        }
        network.close();
        path.close();
        blank.close();
        layers.forEach(Pictures::close);
    }
}
