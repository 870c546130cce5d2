package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.MemorySegment;
import org.joml.Matrix3d;
import org.joml.Matrix3dc;
import org.jspecify.annotations.Nullable;
import org.lwjgl.Version;

/**
 * Draws looks with OpenGL 3.3 core, one fragment shader of {@code shaders/} a pass, plane by plane on codes, so that the
 * picture is the CPU's (docs/compositing.md). No window is needed. The thread that opened it uses and closes it.
 */
public final class GlCompositor implements Compositor {
    private final GlPasses passes;
    private final GlTransfer transfer;
    private final PictureFormat frames;
    private final PictureFormat canvas;
    private final Look look;
    private final Matrix3dc map;
    private final boolean identity;
    private final GlPlane[] frame;
    private final GlPlane[] hands;
    private final GlPlane frameAlpha;
    private final GlPlane alpha;
    private final GlPlane chromaAlpha;
    private final GlPlane[] lit;
    private final GlPlane[][] pictures = new GlPlane[2][];
    private final GlPlane chromaBefore;
    private final GlBackdrop backdrop;
    private final @Nullable GlScene scene;
    private final GlGraphic[] over;
    private final GlBlend blend;
    private final GlBlend.AlphaOf handsAlpha;
    private final float[] mapColumns;
    private @Nullable GlPlane slopes;
    private @Nullable GlPlane offsets;
    private @Nullable GlPlane cells;
    private @Nullable GlClasses classes;
    private static final float[] NO_FIGURES = {};

    /**
     * @param frames format of every frame
     * @param canvas format of every picture, with an alpha plane just when the look is transparent
     */
    public GlCompositor(PictureFormat frames, PictureFormat canvas, Look look, Layers layers) {
        this(new GlPath.Drawing(frames, canvas, look, layers), new GlPasses(GlContext.open()), 0);
    }

    /**
     * Takes the passes over.
     *
     * @param ahead pictures that may be asked for and not yet fetched, beside the one that {@link #compose} draws
     */
    GlCompositor(GlPath.Drawing drawing, GlPasses passes, int ahead) {
        this.frames = drawing.frames();
        this.canvas = drawing.canvas();
        this.look = drawing.look();
        this.passes = passes;
        this.map = look.canvasToFrame();
        this.identity = map.equals(new Matrix3d(), 1e-9)
                && frames.width() == canvas.width()
                && frames.height() == canvas.height();
        this.mapColumns = map.get(new float[9]);
        boolean persistent = passes.compute() && passes.context().persistentMapping();
        this.transfer = new GlTransfer(persistent, frames.withAlpha(false), canvas, ahead);
        PictureFormat opaque = canvas.withAlpha(false);
        this.frame = passes.picture(frames.withAlpha(false));
        this.hands = identity ? frame : passes.picture(opaque);
        this.frameAlpha = passes.plane(frames.width(), frames.height(), Kind.CODE);
        this.alpha = identity ? frameAlpha : passes.plane(canvas.width(), canvas.height(), Kind.CODE);
        boolean full = canvas.chroma() == PictureFormat.Chroma.C444;
        this.chromaAlpha = full ? alpha : passes.plane(canvas.planeWidth(1), canvas.planeHeight(1), Kind.CODE);
        this.chromaBefore = passes.plane(canvas.planeWidth(1), canvas.planeHeight(1), Kind.CODE);
        boolean edges = look.spill() > 0 || look.lightWrap() > 0;
        this.lit = edges ? passes.picture(opaque) : hands;
        this.pictures[0] = passes.picture(canvas);
        this.pictures[1] = passes.picture(canvas);
        this.scene = edges || look.background() instanceof Look.Background.Blur ? new GlScene(passes, opaque) : null;
        this.blend = new GlBlend(passes, canvas, look.linear());
        this.backdrop = new GlBackdrop(passes, opaque, look, drawing.layers(), blend);
        this.handsAlpha = plane -> plane == Frame.Y || plane == Frame.A ? alpha : chromaAlpha;
        this.over = drawing.layers().over().stream()
                .map(each -> new GlGraphic(passes, each, canvas.withAlpha(true)))
                .toArray(GlGraphic[]::new);
    }

    /** LWJGL's version. */
    public static String version() {
        return Version.getVersion();
    }

    /** What would draw: {@code llvmpipe, OpenGL 4.5}; throws a device {@code Failure} when nothing can. */
    public static String device() {
        try (GlContext context = GlContext.open()) {
            return context.name();
        }
    }

    /** False when OpenGL is drawn by the CPU, which its own kernels do better. */
    public static boolean hardware() {
        try (GlContext context = GlContext.open()) {
            return !context.software();
        }
    }

    @Override
    public void compose(Frame next, Matte matte, Mask mask, Frame picture) {
        passes.context().enter();
        upload(next);
        GlPlane a = slopes;
        GlPlane b = offsets;
        if (a == null || b == null || a.width != matte.width() || a.height != matte.height()) {
            freeCoefficients();
            a = new GlPlane(matte.width(), matte.height(), Kind.NUMBER);
            b = new GlPlane(matte.width(), matte.height(), Kind.NUMBER);
            slopes = a;
            offsets = b;
        }
        a.upload(matte.a().address(), matte.width());
        b.upload(matte.b().address(), matte.width());
        int place = ask(next.timeNanos(), a, b, matte.opacity(), classes(mask), null);
        transfer.fetch(place, pictures[0], picture, NO_FIGURES);
    }

    /** The mask's classes on the device, or null when they are not drawn. */
    private @Nullable GlPlane classes(Mask mask) {
        MemorySegment known = mask.classes();
        if (known == null || !look.colors()) {
            return null;
        }
        GlPlane plane = cells;
        if (plane == null) {
            plane = passes.plane(mask.width(), mask.height(), Kind.CODE);
            cells = plane;
        }
        plane.upload(known.address(), mask.width());
        return plane;
    }

    /** Brings a frame up; its planes stay until the next. */
    GlPlane[] upload(Frame next) {
        transfer.upload(next, frame);
        return frame;
    }

    /**
     * Draws the frame that was uploaded last and asks for the picture.
     *
     * @param a coefficients of alpha
     * @param likeliest class of each cell, one code; null draws none
     * @param sums one cell of four numbers that come back with the picture, or none
     * @return the picture's place
     */
    int ask(long time, GlPlane a, GlPlane b, float opacity, @Nullable GlPlane likeliest, @Nullable GlPlane sums) {
        layHands(a, b, opacity);
        if (look.onlyMask()) {
            drawMask(look.colors() ? likeliest : null);
            return transfer.ask(pictures[0], sums);
        }
        GlScene room = scene;
        if (room != null) {
            room.load(hands, alpha, chromaAlpha);
        }
        GlPlane[] below = backdrop.draw(time, hands, alpha, chromaAlpha, room);
        if (room != null && lit != hands) {
            room.light(look, hands, alpha, chromaAlpha, below, lit);
        }
        return transfer.ask(canvas.alpha() ? drawTransparent(time) : drawOpaque(time, below), sums);
    }

    /** Waits until a picture is drawn; false when it is not in time. */
    boolean ready(int place, long limitNanos) {
        return transfer.ready(place, limitNanos);
    }

    /** Brings a picture down, with the numbers that were asked for with it. */
    void fetch(int place, Frame picture, float[] sums) {
        transfer.fetch(place, pictures[0], picture, sums);
    }

    /** Alpha from the coefficients, and the placement. */
    private void layHands(GlPlane a, GlPlane b, float opacity) {
        passes.pass("alpha")
                .with("luma", frame[0])
                .with("slopes", a)
                .with("offsets", b)
                .with("scale", 255 * opacity)
                .draw(frameAlpha);
        if (!identity) {
            for (int plane = 0; plane < 3; plane++) {
                resample(frame[plane], hands[plane], 0);
            }
            resample(frameAlpha, alpha, 1);
        }
        if (chromaAlpha != alpha) {
            passes.pass("halve").with("alpha", alpha).draw(chromaAlpha);
        }
    }

    /** Their size changes when a picture without hands follows one with them. */
    private void freeCoefficients() {
        if (slopes != null) {
            slopes.close();
        }
        if (offsets != null) {
            offsets.close();
        }
    }

    private void resample(GlPlane from, GlPlane to, int clearOutside) {
        passes.pass("resample")
                .with("plane", from)
                .with("canvas_to_frame", mapColumns)
                .size("target_size", to.width, to.height)
                .with("clear_outside", clearOutside)
                .draw(to);
    }

    private void drawMask(@Nullable GlPlane likeliest) {
        GlPlane[] to = pictures[0];
        if (likeliest != null) {
            GlClasses known = classes;
            if (known == null) {
                known = new GlClasses(passes, canvas);
                classes = known;
            }
            known.draw(likeliest, to);
            return;
        }
        passes.pass("mask")
                .with("alpha", alpha)
                .with("offset", canvas.color().lumaOffset())
                .with("span", canvas.color().lumaSpan())
                .draw(to[0]);
        to[1].fill(128);
        to[2].fill(128);
    }

    private GlPlane[] drawOpaque(long time, GlPlane[] below) {
        GlPlane[] now = pictures[0];
        blend.over(lit, handsAlpha, below, now);
        for (GlGraphic graphic : over) {
            GlPlane[] next = now == pictures[0] ? pictures[1] : pictures[0];
            blend.over(graphic.at(time), graphic.alphas(), now, next);
            now = next;
        }
        return now;
    }

    private GlPlane[] drawTransparent(long time) {
        GlPlane[] now = pictures[0];
        now[0].fill(canvas.color().lumaOffset());
        now[1].fill(128);
        now[2].fill(128);
        now[Frame.A].fill(0);
        for (GlGraphic graphic : backdrop.graphics()) {
            now = straight(graphic.at(time), graphic.alphas(), now);
        }
        now = straight(lit, handsAlpha, now);
        for (GlGraphic graphic : over) {
            now = straight(graphic.at(time), graphic.alphas(), now);
        }
        return now;
    }

    private GlPlane[] straight(GlPlane[] above, GlBlend.AlphaOf alphaOf, GlPlane[] now) {
        GlPlane[] next = now == pictures[0] ? pictures[1] : pictures[0];
        blend.straight(above, alphaOf, now, chromaBefore, next);
        return next;
    }

    @Override
    public long readBackNanos() {
        return transfer.readNanos();
    }

    @Override
    public PictureFormat canvas() {
        return canvas;
    }

    @Override
    public String describe() {
        return "GL compositor (" + passes.context().name() + ")";
    }

    @Override
    public void leave() {
        passes.context().leave();
    }

    /** Format of the frames that it takes. */
    PictureFormat frames() {
        return frames;
    }

    @Override
    public void close() {
        passes.context().enter();
        freeCoefficients();
        transfer.close();
        passes.close();
    }
}
