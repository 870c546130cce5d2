package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import org.joml.Matrix3d;
import org.joml.Matrix3dc;
import org.jspecify.annotations.Nullable;
import org.lwjgl.Version;

/**
 * Draws looks with OpenGL 3.3 core, one fragment shader of {@code shaders/} a pass, plane by plane on codes, so that the
 * picture is the CPU's (docs/compositing.md). No window is needed. The thread that opened it uses and closes it. In one file,
 * since the order of the passes of a picture is read there from top to bottom.
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
    /** Which of the two a finished picture is in. */
    private final int last;

    private final GlOutlet outlet;
    private final GlPlane chromaBefore;
    private final GlBackdrop backdrop;
    private final @Nullable GlScene scene;
    private final GlGraphic[] over;
    private final GlBlend blend;
    private final GlBlend.AlphaOf handsAlpha;
    private final float[] mapColumns;
    private final GlHostMatte matteFrom = new GlHostMatte();
    private @Nullable GlClasses classes;
    private static final float[] NO_FIGURES = {};

    /**
     * @param frames format of every frame
     * @param canvas format of every picture, with an alpha plane just when the look is transparent
     */
    public GlCompositor(PictureFormat frames, PictureFormat canvas, Look look, Layers layers) {
        this(new GlPath.Drawing(frames, canvas, look, layers), new GlPasses(GlContext.open()), null, 0);
    }

    /**
     * Takes the passes over.
     *
     * @param window that draws from the pictures of {@link #ask}; its objects are the context's, too
     * @param ahead pictures that may be asked for and not yet fetched, beside the one that {@link #compose} draws
     */
    GlCompositor(GlPath.Drawing drawing, GlPasses passes, @Nullable WindowShare window, int ahead) {
        this.frames = drawing.frames();
        this.canvas = drawing.canvas();
        this.look = drawing.look();
        this.passes = passes;
        this.map = look.canvasToFrame(frames, canvas);
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
        int blends = over.length + (canvas.alpha() ? backdrop.graphics().length + 1 : 0);
        this.last = look.onlyMask() ? 0 : blends % 2;
        this.outlet = new GlOutlet(transfer, canvas, pictures[last], window, ahead);
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
        matteFrom.take(matte);
        GlPlane likeliest = look.colors() ? matteFrom.classes(mask) : null;
        GlPlane[] drawn = draw(next.timeNanos(), matteFrom.slopes(), matteFrom.offsets(), matte.opacity(), likeliest);
        transfer.fetch(transfer.ask(drawn, null), drawn, picture, NO_FIGURES);
    }

    /** Brings a frame up; its planes stay until the next. */
    GlPlane[] upload(Frame next) {
        transfer.upload(next, frame);
        return frame;
    }

    /**
     * Draws the frame that was uploaded last.
     *
     * @param a coefficients of alpha
     * @param likeliest class of each cell, one code; null draws none
     * @return the picture, for {@link #ask}
     */
    GlPlane[] look(long time, GlPlane a, GlPlane b, float opacity, @Nullable GlPlane likeliest) {
        GlPlane[] own = pictures[last];
        GlPlane[] target = outlet.target();
        pictures[last] = target;
        GlPlane[] drawn = draw(time, a, b, opacity, likeliest);
        pictures[last] = own;
        if (drawn != target) {
            throw new IllegalStateException("the picture is not where it was to be");
        }
        return drawn;
    }

    /**
     * Asks for the picture that was just drawn.
     *
     * @param sums one cell of four numbers that come back with it, or none
     * @return the picture's place
     */
    int ask(GlPlane[] drawn, @Nullable GlPlane sums) {
        return outlet.ask(drawn, sums);
    }

    private GlPlane[] draw(long time, GlPlane a, GlPlane b, float opacity, @Nullable GlPlane likeliest) {
        layHands(a, b, opacity);
        if (look.onlyMask()) {
            drawMask(look.colors() ? likeliest : null);
            return pictures[0];
        }
        GlScene room = scene;
        if (room != null) {
            room.load(hands, alpha, chromaAlpha);
        }
        GlPlane[] below = backdrop.draw(time, hands, alpha, chromaAlpha, room);
        if (room != null && lit != hands) {
            room.light(look, hands, alpha, chromaAlpha, below, lit);
        }
        return canvas.alpha() ? drawTransparent(time) : drawOpaque(time, below);
    }

    /** Whether anybody but the window wants the pixels of the pictures that are asked for from now on. */
    void pixels(boolean wanted) {
        outlet.pixels(wanted);
    }

    /** Waits until a picture is drawn; false when it is not in time. */
    boolean ready(int place, long limitNanos) {
        return transfer.ready(place, limitNanos);
    }

    /** Brings a picture down, with the numbers that were asked for with it. */
    void fetch(int place, Frame picture, float[] sums) {
        outlet.fetch(place, picture, sums);
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
        matteFrom.close();
        outlet.close();
        transfer.close();
        passes.close();
    }
}
