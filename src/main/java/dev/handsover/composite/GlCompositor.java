package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import java.util.ArrayList;
import java.util.List;
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
    private final List<GlGraphic> over = new ArrayList<>();
    private final GlBlend blend;
    private @Nullable GlPlane slopes;
    private @Nullable GlPlane offsets;
    private @Nullable GlClasses classes;

    /**
     * @param frames format of every frame
     * @param canvas format of every picture, with an alpha plane just when the look is transparent
     */
    public GlCompositor(PictureFormat frames, PictureFormat canvas, Look look, Layers layers) {
        this.frames = frames;
        this.canvas = canvas;
        this.look = look;
        this.map = look.canvasToFrame();
        this.identity = map.equals(new Matrix3d(), 1e-9)
                && frames.width() == canvas.width()
                && frames.height() == canvas.height();
        this.passes = new GlPasses(GlContext.open());
        this.transfer = new GlTransfer(passes.context(), frames.withAlpha(false), canvas);
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
        this.backdrop = new GlBackdrop(passes, opaque, look, layers, blend);
        layers.over().forEach(each -> over.add(new GlGraphic(passes, each, canvas.withAlpha(true))));
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
        transfer.upload(next, frame);
        layHands(matte);
        if (look.onlyMask()) {
            drawMask(mask);
            transfer.read(pictures[0], picture);
            return;
        }
        GlScene room = scene;
        if (room != null) {
            room.load(hands, alpha, chromaAlpha);
        }
        long time = next.timeNanos();
        GlPlane[] below = backdrop.draw(time, hands, alpha, chromaAlpha, room);
        if (room != null && lit != hands) {
            room.light(look, hands, alpha, chromaAlpha, below, lit);
        }
        transfer.read(canvas.alpha() ? drawTransparent(time) : drawOpaque(time, below), picture);
    }

    /** Alpha from the coefficients, and the placement. */
    private void layHands(Matte matte) {
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
        passes.pass("alpha")
                .with("luma", frame[0])
                .with("slopes", a)
                .with("offsets", b)
                .with("scale", 255 * matte.opacity())
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
                .with("canvas_to_frame", map.get(new float[9]))
                .size("target_size", to.width, to.height)
                .with("clear_outside", clearOutside)
                .draw(to);
    }

    private void drawMask(Mask mask) {
        GlPlane[] to = pictures[0];
        if (look.colors() && mask.classes() != null) {
            GlClasses known = classes;
            if (known == null) {
                known = new GlClasses(passes, canvas, mask);
                classes = known;
            }
            known.draw(mask.classes(), to);
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
        blend.over(lit, plane -> plane == 0 ? alpha : chromaAlpha, below, now);
        for (GlGraphic graphic : over) {
            GlPlane[] next = now == pictures[0] ? pictures[1] : pictures[0];
            blend.over(graphic.at(time), graphic::alphaOf, now, next);
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
            now = straight(graphic.at(time), graphic::alphaOf, now);
        }
        now = straight(lit, plane -> plane == 0 || plane == Frame.A ? alpha : chromaAlpha, now);
        for (GlGraphic graphic : over) {
            now = straight(graphic.at(time), graphic::alphaOf, now);
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
