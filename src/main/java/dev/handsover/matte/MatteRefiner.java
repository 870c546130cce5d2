package dev.handsover.matte;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
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
    /** Directions in which an edge is moved. */
    private static final int DIRECTIONS = 16;
    /** The longest single step of growing, cells. */
    private static final float LONGEST_STEP = 1.5f;

    private static final int RADIUS = 2;
    private static final float EPSILON = 4e-4f;

    private final Arena arena = Arena.ofShared();
    private final MatteKernels kernels;
    private final MatteSettings settings;
    private final int w;
    private final int h;
    private final float cellsPerPixel;
    private final MaskFilter temporal;
    private final Regions regions;
    private final GuidedMatte guided;
    private final MemorySegment q;
    private final MemorySegment other;
    private final MemorySegment sums;
    private final MatteKernels.Ring ring;
    private final int growSteps;
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
        this.settings = settings;
        this.w = width;
        this.h = height;
        this.cellsPerPixel = height / REFERENCE_LINES;
        this.temporal = new MaskFilter(kernels, w, h, settings.smooth(), arena);
        this.regions = new Regions(kernels, w, h, arena);
        float feather = settings.feather() * cellsPerPixel;
        // wide feathers must not be undone by the edge fit: the windows get wider and count more as flat
        int radius = RADIUS + Math.round(feather);
        float epsilon = EPSILON * (1 + feather * feather * 4);
        this.guided = new GuidedMatte(kernels, w, h, radius, epsilon, settings.invert(), arena);
        this.q = arena.allocate(4L * w * h, 64);
        this.other = arena.allocate(4L * w * h, 64);
        this.sums = arena.allocate(4L * w, 64);
        float grow = Math.abs(settings.grow()) * cellsPerPixel;
        this.growSteps = (int) Math.ceil(grow / LONGEST_STEP);
        this.ring = ring(growSteps == 0 ? 0 : grow / growSteps);
        this.matte = new Matte(w, h, guided.a(), guided.b(), settings.opacity());
    }

    private MatteKernels.Ring ring(float radius) {
        MemorySegment dx = arena.allocate(4L * DIRECTIONS, 64);
        MemorySegment dy = arena.allocate(4L * DIRECTIONS, 64);
        MemorySegment fx = arena.allocate(4L * DIRECTIONS, 64);
        MemorySegment fy = arena.allocate(4L * DIRECTIONS, 64);
        for (int k = 0; k < DIRECTIONS; k++) {
            double x = radius * Math.cos(2 * Math.PI * k / DIRECTIONS);
            double y = radius * Math.sin(2 * Math.PI * k / DIRECTIONS);
            dx.setAtIndex(JAVA_INT, k, (int) Math.floor(x));
            dy.setAtIndex(JAVA_INT, k, (int) Math.floor(y));
            fx.setAtIndex(JAVA_FLOAT, k, (float) (x - Math.floor(x)));
            fy.setAtIndex(JAVA_FLOAT, k, (float) (y - Math.floor(y)));
        }
        return new MatteKernels.Ring(dx, dy, fx, fy, DIRECTIONS);
    }

    /** The next frame's matte, overwritten by the next call. */
    public Matte refine(Mask mask) {
        int n = w * h;
        MemorySegment steady = temporal.filter(mask);
        steadiedNanos = System.nanoTime();
        kernels.step(steady, settings.threshold(), SLOPE, n, q);
        regions.clean(q, Math.round(settings.minArea() * n), Math.round(settings.fillHoles() * n));
        guided.filter(feathered(grown()), mask.luma());
        return matte;
    }

    private MemorySegment grown() {
        MemorySegment from = q;
        MemorySegment to = other;
        for (int i = 0; i < growSteps; i++) {
            kernels.grow(from, w, h, ring, settings.grow() < 0 ? -1 : 1, to);
            MemorySegment swap = from;
            from = to;
            to = swap;
        }
        return from;
    }

    /** Two boxes make a tent, whose half width is the feather. */
    private MemorySegment feathered(MemorySegment mask) {
        int radius = Math.round(settings.feather() * cellsPerPixel / 2);
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
