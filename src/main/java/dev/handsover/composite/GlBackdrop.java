package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import org.jspecify.annotations.Nullable;

/** {@link Backdrop} on the graphics device: the background with the {@code under} layers on it. */
final class GlBackdrop {
    private final PictureFormat canvas;
    private final Look look;
    private final GlBlend blend;
    private final GlPlane[][] drawn = new GlPlane[2][];
    private final @Nullable GlGraphic media;
    private final GlGraphic[] under;
    private final boolean still;
    private GlPlane @Nullable [] kept;
    private final @Nullable GlSquares squares;

    /** @param canvas without alpha */
    GlBackdrop(GlPasses passes, PictureFormat canvas, Look look, Layers layers, GlBlend blend) {
        this.canvas = canvas;
        this.look = look;
        this.blend = blend;
        this.drawn[0] = passes.picture(canvas);
        this.drawn[1] = passes.picture(canvas);
        Pictures background = layers.background();
        this.media = background == null ? null : new GlGraphic(passes, background, canvas);
        this.under = layers.under().stream()
                .map(each -> new GlGraphic(passes, each, canvas.withAlpha(true)))
                .toArray(GlGraphic[]::new);
        boolean stillBackground =
                switch (look.background()) {
                    case Look.Background.Color _, Look.Background.Transparent _ -> true;
                    case Look.Background.Media _ -> background != null && background.still();
                    case Look.Background.Blur _, Look.Background.Pixelate _, Look.Background.Room _ -> false;
                };
        this.still = stillBackground && layers.under().stream().allMatch(Pictures::still);
        this.squares = look.background() instanceof Look.Background.Pixelate(int block)
                ? new GlSquares(passes, canvas, block)
                : null;
    }

    GlGraphic[] graphics() {
        return under;
    }

    /** Y, U, V of everything below the hands, until the next call. */
    GlPlane[] draw(long time, GlPlane[] hands, GlPlane alpha, GlPlane chromaAlpha, @Nullable GlScene scene) {
        GlPlane[] known = kept;
        if (still && known != null) {
            return known;
        }
        GlPlane[] now = background(time, hands, alpha, chromaAlpha, scene);
        for (GlGraphic graphic : under) {
            GlPlane[] next = now == drawn[0] ? drawn[1] : drawn[0];
            blend.over(graphic.at(time), graphic.alphas(), now, next);
            now = next;
        }
        kept = now;
        return now;
    }

    private GlPlane[] background(
            long time, GlPlane[] hands, GlPlane alpha, GlPlane chromaAlpha, @Nullable GlScene scene) {
        GlPlane[] to = drawn[0];
        switch (look.background()) {
            case Look.Background.Color(int rgb) -> {
                double[] yuv =
                        canvas.color().toYuv((rgb >> 16 & 255) / 255.0, (rgb >> 8 & 255) / 255.0, (rgb & 255) / 255.0);
                for (int plane = 0; plane < 3; plane++) {
                    to[plane].fill((int) Math.round(yuv[plane]));
                }
            }
            case Look.Background.Media() -> {
                if (media == null) {
                    throw new IllegalArgumentException("a media background without pictures");
                }
                return media.at(time);
            }
            case Look.Background.Blur(float radius) -> {
                if (scene == null) {
                    throw new IllegalArgumentException("a blurred room without a room");
                }
                scene.blur(radius, hands, to);
            }
            case Look.Background.Pixelate(int _) -> {
                if (squares != null) {
                    squares.draw(hands, alpha, chromaAlpha, to);
                }
            }
            case Look.Background.Room() -> {
                return hands;
            }
            case Look.Background.Transparent() -> {
                to[0].fill(canvas.color().lumaOffset());
                to[1].fill(128);
                to[2].fill(128);
            }
        }
        return to;
    }

    /** {@link Pixelate} on the graphics device. */
    private static final class GlSquares {
        private final GlPasses passes;
        private final int side;
        private final int shift;
        private final GlPlane[] sums = new GlPlane[3];
        private final GlPlane[] columns = new GlPlane[3];
        private final GlPlane total;

        GlSquares(GlPasses passes, PictureFormat canvas, int block) {
            this.passes = passes;
            this.shift = canvas.chroma().shift;
            this.side = Pixelate.side(block, canvas.height(), shift);
            for (int plane = 0; plane < 3; plane++) {
                int own = side(plane);
                int across = (canvas.planeWidth(plane) + own - 1) / own;
                sums[plane] = passes.plane(across, (canvas.planeHeight(plane) + own - 1) / own, Kind.NUMBERS);
                columns[plane] = passes.plane(across, 1, Kind.NUMBERS);
            }
            this.total = passes.plane(1, 1, Kind.NUMBERS);
        }

        private int side(int plane) {
            return plane == 0 ? side : side >> shift;
        }

        void draw(GlPlane[] hands, GlPlane alpha, GlPlane chromaAlpha, GlPlane[] to) {
            for (int plane = 0; plane < 3; plane++) {
                passes.pass("squares")
                        .with("plane", hands[plane])
                        .with("alpha", plane == 0 ? alpha : chromaAlpha)
                        .with("side", side(plane))
                        .draw(sums[plane]);
                passes.pass("total")
                        .with("cells", sums[plane])
                        .with("along_rows", 0)
                        .draw(columns[plane]);
                passes.pass("total")
                        .with("cells", columns[plane])
                        .with("along_rows", 1)
                        .draw(total);
                passes.pass("pixelate")
                        .with("squares", sums[plane])
                        .with("total", total)
                        .with("side", side(plane))
                        .with("nothing", plane == 0 ? 126f : 128f)
                        .draw(to[plane]);
            }
        }
    }
}
