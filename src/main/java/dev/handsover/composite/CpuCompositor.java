package dev.handsover.composite;

import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import dev.handsover.frame.Matte;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Blends planar YUV on the CPU: docs/compositing.md. The plain look is drawn band by band, so that a band stays in cache. */
public final class CpuCompositor implements Compositor {
    /** Rows of a band: alpha, frame and background of so many rows of 4K fit a core's cache. Even. */
    private static final int BAND = 32;

    private final Arena arena = Arena.ofShared();
    private final BlendKernels kernels;
    private final PictureFormat canvas;
    private final Look look;
    private final FramePool blank;
    private final HandsLayer hands;
    private final @Nullable OldScene scene;
    private final @Nullable EdgeLight edges;
    private final @Nullable LinearBlend linear;
    private final StraightAlpha straight;
    private final Backdrop backdrop;
    private final List<Graphic> over = new ArrayList<>();

    /**
     * @param frames format of every frame
     * @param canvas format of every picture, with an alpha plane just when the look is transparent
     */
    public CpuCompositor(PictureFormat frames, PictureFormat canvas, Look look, Layers layers) {
        this(frames, canvas, look, layers, BlendKernels.best());
    }

    CpuCompositor(PictureFormat frames, PictureFormat canvas, Look look, Layers layers, BlendKernels kernels) {
        this.kernels = kernels;
        this.canvas = canvas;
        this.look = look;
        this.blank = new FramePool(frames.withSize(16, 16), 1);
        try {
            this.hands = new HandsLayer(kernels, frames, canvas, look, blank.take(), arena);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        boolean edgeWork = look.spill() > 0 || look.lightWrap() > 0;
        boolean needsScene = look.background() instanceof Look.Background.Blur || edgeWork;
        int shift = canvas.chroma().shift;
        this.scene = needsScene ? new OldScene(kernels.scene(), canvas.width(), canvas.height(), shift, arena) : null;
        this.edges = scene != null && edgeWork ? new EdgeLight(kernels.scene(), canvas, look, scene, arena) : null;
        this.linear = look.linear() ? new LinearBlend(canvas) : null;
        this.straight = new StraightAlpha(new Plane(canvas.planeWidth(1), canvas.planeHeight(1), arena));
        this.backdrop = new Backdrop(kernels, canvas, look, layers, scene, linear, arena);
        layers.over().forEach(pictures -> over.add(new Graphic(pictures, canvas, arena)));
    }

    @Override
    public void compose(Frame frame, Matte matte, Mask mask, Frame picture) {
        hands.load(frame, matte);
        if (look.onlyMask()) {
            hands.all();
            drawMask(mask, picture);
            return;
        }
        boolean plainBackground = look.background() instanceof Look.Background.Color
                || look.background() instanceof Look.Background.Media;
        if (plainBackground && hands.identity() && scene == null && linear == null) {
            compose(backdrop.draw(frame.timeNanos(), hands, null), picture);
        } else {
            composeWhole(frame.timeNanos(), picture);
        }
        for (Graphic graphic : over) {
            if (canvas.alpha()) {
                straight.over(graphic.layer(graphic.at(kernels, frame.timeNanos())), picture, kernels);
            } else {
                graphic.draw(kernels, linear, frame.timeNanos(), picture);
            }
        }
    }

    /** Band by band: alpha and blend of a band before the next. */
    private void compose(Frame below, Frame picture) {
        int shift = canvas.chroma().shift;
        for (int y = 0; y < canvas.height(); y += BAND) {
            int rows = Math.min(BAND, canvas.height() - y);
            hands.band(y, rows);
            blend(below, picture, 0, y, rows);
            int chromaRows = shift == 0 ? rows : (rows + 1) / 2;
            blend(below, picture, 1, y >> shift, chromaRows);
            blend(below, picture, 2, y >> shift, chromaRows);
        }
    }

    private void blend(Frame below, Frame picture, int plane, int y, int rows) {
        Plane alpha = hands.alphaOf(plane);
        kernels.blend(
                hands.address(plane) + (long) y * hands.stride(plane),
                hands.stride(plane),
                alpha.row(y),
                alpha.stride,
                below.address(plane) + (long) y * below.stride(plane),
                below.stride(plane),
                picture.address(plane) + (long) y * picture.stride(plane),
                picture.stride(plane),
                canvas.planeWidth(plane),
                rows);
    }

    private void composeWhole(long timeNanos, Frame picture) {
        hands.all();
        OldScene room = scene;
        if (room != null) {
            room.load(hands);
        }
        Frame below = backdrop.draw(timeNanos, hands, room);
        EdgeLight light = edges;
        if (light != null && room != null) {
            light.apply(hands, room, below);
        }
        LinearBlend.Layer layer = layer(light);
        if (canvas.alpha()) {
            picture.fill(canvas.color().lumaOffset(), 128, 128, 0);
            for (Graphic graphic : backdrop.graphics()) {
                straight.over(graphic.layer(graphic.at(kernels, timeNanos)), picture, kernels);
            }
            straight.over(layer, picture, kernels);
        } else if (linear != null) {
            linear.blend(layer, below, picture);
        } else {
            for (int plane = 0; plane < 3; plane++) {
                Plane alpha = hands.alphaOf(plane);
                int stride = light == null ? hands.stride(plane) : light.codes(plane).stride;
                kernels.blend(
                        layer.row(plane, 0),
                        stride,
                        alpha.address,
                        alpha.stride,
                        below.address(plane),
                        below.stride(plane),
                        picture.address(plane),
                        picture.stride(plane),
                        canvas.planeWidth(plane),
                        canvas.planeHeight(plane));
            }
        }
    }

    private LinearBlend.Layer layer(@Nullable EdgeLight light) {
        return new LinearBlend.Layer() {
            @Override
            public long row(int plane, int y) {
                return light != null
                        ? light.codes(plane).row(y)
                        : hands.address(plane) + (long) y * hands.stride(plane);
            }

            @Override
            public long alphaRow(int plane, int y) {
                return hands.alphaOf(plane).row(y);
            }
        };
    }

    private void drawMask(Mask mask, Frame picture) {
        picture.plane(Frame.U).fill((byte) 128);
        picture.plane(Frame.V).fill((byte) 128);
        MemorySegment classes = mask.classes();
        if (look.colors() && classes != null) {
            ClassColors.draw(mask, classes, canvas, picture);
            return;
        }
        int offset = canvas.color().lumaOffset();
        int span = canvas.color().lumaSpan();
        kernels.scene().gray(hands.alphaOf(0), offset, span, picture.address(Frame.Y), picture.stride(Frame.Y));
    }

    @Override
    public PictureFormat canvas() {
        return canvas;
    }

    @Override
    public String describe() {
        return "CPU compositor (" + kernels.describe() + ")";
    }

    @Override
    public void close() {
        backdrop.close();
        if (linear != null) {
            linear.close();
        }
        blank.close();
        arena.close();
    }
}
