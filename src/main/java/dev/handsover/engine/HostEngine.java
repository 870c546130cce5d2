package dev.handsover.engine;

import dev.handsover.composite.Compositor;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import dev.handsover.matte.MaskMotion;
import dev.handsover.matte.MatteRefiner;
import dev.handsover.profile.Latency;
import dev.handsover.profile.Stage;
import dev.handsover.segment.Segmenter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The engine of CPU memory. Worker threads run the network, each on a frame of its own, which costs less CPU than several
 * threads on one frame; matte and composite follow on the caller's thread in the order of the frames, since the temporal
 * filter needs it. There is one segmenter more than there are workers, so that a mask stays whole while it is refined.
 * The picture of a frame does not depend on how many workers there are. Workers and the caller hand slots to each other, which
 * is read more safely in one file than in two.
 */
public final class HostEngine implements Engine {
    private final Slot[] slots;
    private final List<Thread> workers = new ArrayList<>();
    private final ArrayBlockingQueue<Slot> work;
    private final MatteRefiner refiner;
    private final Compositor compositor;
    private final List<Pictures> layers;
    private final int networkEvery;
    private final @Nullable MaskMotion motion;
    private long begun;
    private final FramePool pictures;
    private final Latency latency;
    private final String why;
    private final Blank blank;
    private double coverage;
    private int oldest;
    private int pending;
    private volatile boolean closing;

    /**
     * Takes all of them over but the pool, also when it throws.
     *
     * @param frames format of the frames
     * @param segmenters of one card, one more than there shall be worker threads
     * @param networkEvery the network sees every so-manieth frame; between them its mask is carried along with the motion
     * @param drawing what draws, and the layers that it draws from
     * @param pictures where finished pictures come from; it outlives the engine, as the pictures do
     */
    public HostEngine(
            PictureFormat frames,
            List<Segmenter> segmenters,
            int networkEvery,
            MatteRefiner refiner,
            Drawing drawing,
            FramePool pictures,
            Latency latency) {
        this.blank = new Blank(frames);
        this.networkEvery = networkEvery;
        this.motion = networkEvery == 1
                ? null
                : new MaskMotion(
                        segmenters.getFirst().width(), segmenters.getFirst().height());
        this.why = drawing.why();
        this.layers = drawing.layers();
        this.refiner = refiner;
        this.compositor = drawing.compositor();
        this.latency = latency;
        this.pictures = pictures;
        this.slots = segmenters.stream().map(Slot::new).toArray(Slot[]::new);
        this.work = new ArrayBlockingQueue<>(slots.length);
        for (int i = 0; i < Math.max(1, slots.length - 1); i++) {
            workers.add(Thread.ofPlatform().daemon().name("network-" + i).start(this::segmentAll));
        }
    }

    /**
     * @param why this compositor was chosen, for people; may be empty
     * @param layers that it draws from, closed after it
     */
    public record Drawing(Compositor compositor, String why, List<Pictures> layers) {}

    private void segmentAll() {
        try {
            while (!closing) {
                Slot slot = work.poll(1, TimeUnit.SECONDS);
                if (slot != null) {
                    slot.run(latency);
                }
            }
        } catch (InterruptedException e) {
            // close() asks for the end
        }
    }

    @Override
    public void begin(Frame frame) {
        if (pending == slots.length) {
            frame.recycle();
            throw new IllegalStateException(pending + " frames are under way");
        }
        Slot slot = slots[(oldest + pending) % slots.length];
        slot.frame = frame;
        slot.carried = begun++ % networkEvery != 0;
        slot.begunNanos = System.nanoTime();
        pending++;
        work.add(slot);
    }

    @Override
    public @Nullable Frame finish(long limitNanos) throws InterruptedException {
        Slot slot = slots[oldest];
        if (!slot.await(limitNanos)) {
            return null;
        }
        Frame frame = slot.takeFrame();
        long arrived = slot.begunNanos;
        oldest = (oldest + 1) % slots.length;
        pending--;
        try {
            Frame picture = draw(frame, moved(slot));
            latency.mark(Stage.ENGINE, frame.origin(), arrived);
            return picture;
        } finally {
            frame.recycle();
        }
    }

    /** The slot's mask; one that the network did not make is carried over from the frame before. */
    private Mask moved(Slot slot) {
        Mask mask = slot.mask();
        if (motion != null) {
            if (slot.carried && motion.known()) {
                motion.carry(mask);
            }
            motion.remember(mask);
        }
        return mask;
    }

    private Frame draw(Frame frame, Mask mask) throws InterruptedException {
        coverage = mask.coverage();
        long start = System.nanoTime();
        Matte matte = refiner.refine(mask);
        latency.span(Stage.TEMPORAL, frame.origin(), start, refiner.steadiedNanos());
        latency.mark(Stage.MATTE, frame.origin(), refiner.steadiedNanos());
        Frame picture = pictures.take();
        boolean whole = false;
        try {
            start = System.nanoTime();
            compositor.compose(frame, matte, mask, picture);
            long end = System.nanoTime();
            long read = compositor.readBackNanos();
            latency.span(Stage.COMPOSITE, frame.origin(), start, end - read);
            if (read > 0) {
                latency.span(Stage.READ_BACK, frame.origin(), end - read, end);
            }
            picture.stamp(frame.sequence(), frame.timeNanos(), frame.durationNanos());
            picture.captured(frame.capturedNanos());
            picture.origin(frame.origin());
            picture.name(frame.name());
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
        return blank.picture(compositor, timeNanos, pictures);
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
        return slots.length;
    }

    @Override
    public PictureFormat canvas() {
        return compositor.canvas();
    }

    @Override
    public void leave() {
        compositor.leave();
    }

    @Override
    public String tier() {
        Segmenter one = slots[0].segmenter;
        int threads = workers.size() * one.threads();
        return one.describe() + " " + one.width() + "×" + one.height() + " on " + threads
                + (threads == 1 ? " CPU thread" : " CPU threads") + ", " + compositor.describe()
                + (why.isEmpty() ? "" : ", " + why);
    }

    @Override
    public void close() {
        closing = true;
        workers.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (Thread worker : workers) {
            try {
                worker.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        for (Slot slot : slots) {
            Frame frame = slot.frame;
            if (frame != null) {
                frame.recycle();
                slot.frame = null;
            }
            slot.segmenter.close();
        }
        refiner.close();
        compositor.close();
        blank.close();
        layers.forEach(Pictures::close);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** One frame under way: handed to a worker through the queue, back through the permit. */
    private static final class Slot {
        final Segmenter segmenter;
        final ArrayBlockingQueue<Boolean> done = new ArrayBlockingQueue<>(1);
        volatile @Nullable Frame frame;
        volatile boolean carried;
        volatile long begunNanos;
        private @Nullable Mask mask;
        private @Nullable Throwable failure;

        Slot(Segmenter segmenter) {
            this.segmenter = segmenter;
        }

        void run(Latency latency) {
            long start = System.nanoTime();
            Frame begun = frame;
            long origin = begun == null ? -1 : begun.origin();
            try {
                mask = begun == null ? null : carried ? segmenter.see(begun) : segmenter.segment(begun);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            long end = System.nanoTime();
            long prepared = Math.clamp(segmenter.preparedNanos(), start, end);
            latency.span(Stage.BACKLOG, origin, begunNanos, start);
            latency.span(Stage.PREPROCESS, origin, start, prepared);
            if (!carried) {
                latency.span(Stage.NETWORK, origin, prepared, end);
            }
            latency.span(Stage.SEGMENT, origin, start, end);
            done.add(Boolean.TRUE);
        }

        boolean await(long limitNanos) throws InterruptedException {
            return done.poll(limitNanos, TimeUnit.NANOSECONDS) != null;
        }

        Mask mask() {
            Throwable thrown = failure;
            Mask made = mask;
            if (thrown != null || made == null) {
                failure = null;
                throw new IllegalStateException("the network failed", thrown);
            }
            return made;
        }

        Frame takeFrame() {
            Frame taken = frame;
            frame = null;
            if (taken == null) {
                throw new IllegalStateException("no frame under way");
            }
            return taken;
        }
    }
}
