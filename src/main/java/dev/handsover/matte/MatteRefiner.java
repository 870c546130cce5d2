package dev.handsover.matte;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.MatteFigures;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Masks in, mattes out: steady over time, without specks and holes, grown and feathered as asked, and true to the picture's
 * edges. One thread uses it; the frames of one stream come in order.
 */
public final class MatteRefiner implements AutoCloseable {
    /** Lines of the picture that lengths in {@link MatteSettings} count in. */
    private static final float REFERENCE_LINES = 720;
    /** The mask's own edge is made this much steeper before it is fitted to the picture's. */
    private static final float SLOPE = 2.5f;
    /** The longest single step of growing, cells. */
    private static final float LONGEST_STEP = 1.5f;

    private static final int RADIUS = 2;
    private static final float EPSILON = 4e-4f;

    private final Arena arena = Arena.ofShared();
    private final MatteKernels kernels;
    private final MatteFigures figures;
    private final int w;
    private final int h;
    private final MaskFilter temporal;
    private final Regions regions;
    private final GuidedMatte guided;
    private final MemorySegment q;
    private final MemorySegment other;
    private final MemorySegment sums;
    private final MatteKernels.Ring ring;
    private final Matte matte;
    private long steadiedNanos;

    /**
     * @param width cells of every mask
     * @param height rows of cells of every mask
     */
    public MatteRefiner(int width, int height, MatteSettings settings) {
        this(width, height, settings, MatteKernels.best());
    }

    MatteRefiner(int width, int height, MatteSettings settings, MatteKernels kernels) {
        this.kernels = kernels;
        this.figures = figures(width, height, settings);
        this.w = width;
        this.h = height;
        this.temporal = new MaskFilter(kernels, w, h, figures.steady(), arena);
        this.regions = new Regions(kernels, w, h, arena);
        this.guided = new GuidedMatte(kernels, w, h, figures.fit(), arena);
        this.q = arena.allocate(4L * w * h, 64);
        this.other = arena.allocate(4L * w * h, 64);
        this.sums = arena.allocate(4L * w, 64);
        this.ring = ring(figures.grow());
        this.matte = new Matte(w, h, guided.a(), guided.b(), figures.opacity());
    }

    /** The numbers of mattes of that size, by which every device makes the same. */
    public static MatteFigures figures(int width, int height, MatteSettings settings) {
        float cellsPerPixel = height / REFERENCE_LINES;
        float feather = settings.feather() * cellsPerPixel;
        float grow = Math.abs(settings.grow()) * cellsPerPixel;
        int steps = (int) Math.ceil(grow / LONGEST_STEP);
        int cells = width * height;
        // what the network is sure of is drawn whole, however far from the middle the threshold lies
        float slope = Math.max(SLOPE, 0.5f / Math.min(settings.threshold(), 1 - settings.threshold()));
        // wide feathers must not be undone by the edge fit: the windows get wider and count more as flat
        return new MatteFigures(
                MaskFilter.figures(settings.smooth()),
                settings.threshold(),
                slope,
                Math.round(settings.minArea() * cells),
                Math.round(settings.fillHoles() * cells),
                new MatteFigures.Grow(steps, steps == 0 ? 0 : grow / steps, settings.grow() >= 0),
                Math.round(feather / 2),
                GuidedMatte.figures(
                        RADIUS + Math.round(feather), EPSILON * (1 + feather * feather * 4), settings.invert()),
                settings.opacity());
    }

    private MatteKernels.Ring ring(MatteFigures.Grow grow) {
        int directions = MatteFigures.Grow.DIRECTIONS;
        MemorySegment dx = arena.allocate(4L * directions, 64);
        MemorySegment dy = arena.allocate(4L * directions, 64);
        MemorySegment fx = arena.allocate(4L * directions, 64);
        MemorySegment fy = arena.allocate(4L * directions, 64);
        int[] whole = grow.whole();
        float[] part = grow.part();
        for (int k = 0; k < directions; k++) {
            dx.setAtIndex(JAVA_INT, k, whole[2 * k]);
            dy.setAtIndex(JAVA_INT, k, whole[2 * k + 1]);
            fx.setAtIndex(JAVA_FLOAT, k, part[2 * k]);
            fy.setAtIndex(JAVA_FLOAT, k, part[2 * k + 1]);
        }
        return new MatteKernels.Ring(dx, dy, fx, fy, directions);
    }

    /** The next frame's matte, overwritten by the next call. */
    public Matte refine(Mask mask) {
        int n = w * h;
        MemorySegment steady = temporal.filter(mask);
        steadiedNanos = System.nanoTime();
        kernels.step(steady, figures.threshold(), figures.slope(), n, q);
        regions.clean(q, figures.minCells(), figures.fillCells());
        guided.filter(feathered(grown()), mask.luma());
        return matte;
    }

    private MemorySegment grown() {
        MemorySegment from = q;
        MemorySegment to = other;
        for (int i = 0; i < figures.grow().steps(); i++) {
            kernels.grow(from, w, h, ring, figures.grow().outwards() ? 1 : -1, to);
            MemorySegment swap = from;
            from = to;
            to = swap;
        }
        return from;
    }

    /** Two boxes make a tent, whose half width is the feather. */
    private MemorySegment feathered(MemorySegment mask) {
        int radius = figures.feather();
        if (radius > 0) {
            MemorySegment tmp = mask.equals(q) ? other : q;
            kernels.box(mask, w, h, radius, tmp, sums, mask);
            kernels.box(mask, w, h, radius, tmp, sums, mask);
        }
        return mask;
    }

    /** When the last {@link #refine} was done with its temporal part, by {@link System#nanoTime}. */
    public long steadiedNanos() {
        return steadiedNanos;
    }

    /** Forgets earlier frames: after a cut, or when the stream jumps. */
    public void reset() {
        temporal.reset();
    }

    @Override
    public void close() {
        arena.close();
    }
}
