package dev.handsover.composite;

import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything below the hands: the background with the {@code under} layers on it (docs/compositing.md, sections 3 and 4).
 * What stands still is drawn once.
 */
final class Backdrop implements AutoCloseable {
    private final BlendKernels kernels;
    private final Look look;
    private final Layers layers;
    private final PictureFormat canvas;
    private final FramePool pool;
    private final Frame drawn;
    private final List<Graphic> under = new ArrayList<>();
    private final boolean still;
    private final CellMap[] maps = new CellMap[3];
    private final Cells[] cells = new Cells[3];
    private final @Nullable LinearBlend linear;
    private boolean done;

    /** Looks that need no old scene may leave {@code scene} out. */
    Backdrop(
            BlendKernels kernels,
            PictureFormat canvas,
            Look look,
            Layers layers,
            @Nullable OldScene scene,
            @Nullable LinearBlend linear,
            Arena arena) {
        this.linear = linear;
        this.kernels = kernels;
        this.look = look;
        this.layers = layers;
        this.canvas = canvas.withAlpha(false);
        this.pool = new FramePool(this.canvas, 1);
        try {
            this.drawn = pool.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        layers.under().forEach(pictures -> under.add(new Graphic(pictures, this.canvas, arena)));
        boolean stillBackground =
                switch (look.background()) {
                    case Look.Background.Color _, Look.Background.Transparent _ -> true;
                    case Look.Background.Media _ -> media().still();
                    case Look.Background.Blur _, Look.Background.Pixelate _, Look.Background.Room _ -> false;
                };
        this.still = stillBackground && layers.under().stream().allMatch(Pictures::still);
        for (int plane = 0; plane < 3 && scene != null; plane++) {
            int shift = plane == 0 ? 0 : canvas.chroma().shift;
            cells[plane] = scene.cells(arena);
            maps[plane] = new CellMap(scene.width, scene.height, canvas.planeWidth(plane), shift, arena);
        }
    }

    private Pictures media() {
        Pictures pictures = layers.background();
        if (pictures == null) {
            throw new IllegalArgumentException("a media background without pictures");
        }
        return pictures;
    }

    /** The {@code under} layers: on a transparent canvas they are drawn with their own alpha. */
    List<Graphic> graphics() {
        return under;
    }

    /**
     * The picture below the hands; it stays this backdrop's, or the layer's, until the next call.
     *
     * @param hands the whole layer for looks that show the room; only then is it looked at
     */
    Frame draw(long timeNanos, HandsLayer hands, @Nullable OldScene scene) {
        if (still && done) {
            return drawn;
        }
        if (under.isEmpty() && look.background() instanceof Look.Background.Media) {
            return media().at(timeNanos);
        }
        switch (look.background()) {
            case Look.Background.Color(int rgb) -> flat(rgb);
            case Look.Background.Media() -> drawn.copyFrom(media().at(timeNanos));
            case Look.Background.Blur(float radius) -> blur(radius, scene);
            case Look.Background.Pixelate(int block) -> Pixelate.draw(kernels.scene(), hands, block, drawn);
            case Look.Background.Transparent() -> drawn.fill(canvas.color().lumaOffset(), 128, 128, 0);
            case Look.Background.Room() -> room(hands);
        }
        for (Graphic graphic : under) {
            graphic.draw(kernels, linear, timeNanos, drawn);
        }
        done = true;
        return drawn;
    }

    private void flat(int rgb) {
        double[] yuv = canvas.color().toYuv((rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
        drawn.fill((int) Math.round(yuv[0]), (int) Math.round(yuv[1]), (int) Math.round(yuv[2]), 255);
    }

    private void room(HandsLayer hands) {
        for (int plane = 0; plane < 3; plane++) {
            int w = canvas.planeWidth(plane);
            for (int y = 0; y < canvas.planeHeight(plane); y++) {
                Memory.copy(
                        hands.address(plane) + (long) y * hands.stride(plane),
                        drawn.address(plane) + (long) y * drawn.stride(plane),
                        w);
            }
        }
    }

    private void blur(float sigma, @Nullable OldScene scene) {
        if (scene == null) {
            throw new IllegalArgumentException("a blurred room without a room");
        }
        scene.blur(OldScene.radius(sigma, canvas.height()), cells);
        for (int plane = 0; plane < 3; plane++) {
            kernels.scene()
                    .spread(
                            cells[plane],
                            maps[plane],
                            drawn.address(plane),
                            drawn.stride(plane),
                            canvas.planeHeight(plane));
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
