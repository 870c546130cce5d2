package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_time_base;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_add_frame;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_get_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse_ptr;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_ALPHA;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_PAL;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.ColorSpec.Matrix;
import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.PictureFormat.Chroma;
import dev.handsover.frame.Rational;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * Brings decoded pictures into the one format that the program works in. A picture that has it already passes by untouched;
 * all others go through a libavfilter graph: deinterlace, turn upright, tone-map, scale, convert.
 */
final class Normalizer implements AutoCloseable {
    /** What the graph is made for; when a picture differs, it is made anew. */
    private record Shape(int width, int height, int format, int space, int range, boolean interlaced) {}

    private final Wish wish;
    private final PictureFormat target;
    private final Rational timeBase;
    private @Nullable Shape shape;
    private boolean direct;
    private @Nullable AVFilterGraph graph;
    private @Nullable AVFilterContext in;
    private @Nullable AVFilterContext out;
    private Rational outTimeBase;
    private final List<String> notes = new ArrayList<>();

    /**
     * What is wanted beyond the picture as it is.
     *
     * @param rotation what a viewer would apply
     * @param stills keeps full chroma
     * @param alpha keeps coverage where the picture has it
     * @param canvas the exact format wanted, or null for the picture's own
     * @param fit how a picture of another shape fills the canvas
     * @param fps frames a second wanted, or null for the stream's own times
     */
    record Wish(
            Rotation rotation,
            boolean stills,
            boolean alpha,
            @Nullable PictureFormat canvas,
            Fit fit,
            @Nullable Rational fps) {}

    /** Decides the target by the first picture. */
    Normalizer(AVFrame first, Wish wish, Rational pixelAspect, Rational timeBase) {
        this.wish = wish;
        this.timeBase = timeBase;
        this.outTimeBase = timeBase;
        this.target =
                wish.canvas() == null || wish.fit() == Fit.TILE ? natural(first, wish, pixelAspect) : wish.canvas();
        note(first);
    }

    /** The format that comes out. */
    PictureFormat target() {
        return target;
    }

    /** Ticks of the pictures that come out. */
    Rational timeBase() {
        return outTimeBase;
    }

    List<String> notes() {
        return notes;
    }

    private static AVPixFmtDescriptor describe(int format) {
        return av_pix_fmt_desc_get(format);
    }

    static boolean isRgb(int format) {
        return (describe(format).flags() & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
    }

    private static boolean isGray(int format) {
        return describe(format).nb_components() < 3 && !isRgb(format);
    }

    private static PictureFormat natural(AVFrame first, Wish wish, Rational pixelAspect) {
        int format = first.format();
        boolean turned = wish.rotation().swaps();
        int width = turned ? first.height() : first.width();
        int height = turned ? first.width() : first.height();
        boolean alpha = wish.alpha()
                && ((describe(format).flags() & AV_PIX_FMT_FLAG_ALPHA) != 0
                        || (describe(format).flags() & AV_PIX_FMT_FLAG_PAL) != 0);
        Rational aspect = turned && pixelAspect.num() > 0 ? pixelAspect.inverse() : pixelAspect;
        if (wish.fit() == Fit.TILE && wish.canvas() != null) {
            PictureFormat canvas = wish.canvas();
            double stretch = aspect.value() / canvas.pixelAspect().value();
            return canvas.withSize(
                    even(Math.min(width * stretch, canvas.width())), even(Math.min(height, canvas.height())));
        }
        Chroma chroma = wish.stills() ? Chroma.C444 : Chroma.C420;
        return new PictureFormat(width, height, chroma, alpha, colors(first, height, wish.stills()), aspect);
    }

    private static int even(double size) {
        return Math.max(2, (int) Math.round(size / 2) * 2);
    }

    /** What the numbers of a picture mean, by its tags, and by the field's habits where there are none. */
    static ColorSpec colors(AVFrame picture, int height, boolean still) {
        int format = picture.format();
        ColorSpec assumed = still ? ColorSpec.JPEG : ColorSpec.assumedFor(height);
        if (isRgb(format)) {
            return still
                    ? ColorSpec.JPEG
                    : new ColorSpec(assumed.matrix(), false, picture.color_primaries(), picture.color_trc());
        }
        boolean jpeg = format == AV_PIX_FMT_YUVJ420P
                || format == avutil.AV_PIX_FMT_YUVJ422P
                || format == avutil.AV_PIX_FMT_YUVJ444P
                || isGray(format) && picture.color_range() != avutil.AVCOL_RANGE_MPEG;
        boolean full = jpeg || picture.color_range() == avutil.AVCOL_RANGE_JPEG;
        if (isHdr(picture)) {
            return new ColorSpec(Matrix.BT709, false, 1, 1);
        }
        return new ColorSpec(
                Ffmpeg.matrix(picture.colorspace(), assumed), full, picture.color_primaries(), picture.color_trc());
    }

    private static boolean isHdr(AVFrame picture) {
        return picture.color_trc() == avutil.AVCOL_TRC_SMPTE2084
                || picture.color_trc() == avutil.AVCOL_TRC_ARIB_STD_B67;
    }

    private static boolean interlaced(AVFrame picture) {
        return (picture.flags() & Ffmpeg.FLAG_INTERLACED) != 0;
    }

    private void note(AVFrame first) {
        if (interlaced(first)) {
            notes.add("The input is interlaced: it was deinterlaced (bwdif), one frame for two fields.");
        }
        if (isHdr(first)) {
            notes.add("The input is HDR: it was tone-mapped to BT.709.");
        }
    }

    /**
     * Takes one decoded picture. True when it is to be used as it is; else what it gives comes from {@link #pull}.
     */
    boolean push(AVFrame picture) {
        Shape now = new Shape(
                picture.width(),
                picture.height(),
                picture.format(),
                picture.colorspace(),
                picture.color_range(),
                interlaced(picture));
        Shape known = shape;
        if (!now.equals(known)) {
            boolean sizeChanged = known != null && (known.width() != now.width() || known.height() != now.height());
            if (sizeChanged && wish.canvas() == null) {
                String line = "The input's size changes midway: later frames are scaled to the first.";
                if (!notes.contains(line)) {
                    notes.add(line);
                }
            }
            // a deinterlaced stream may hold single progressive frames: the graph that is there knows what to do
            if (known == null
                    || sizeChanged
                    || known.format() != now.format()
                    || now.interlaced() && !known.interlaced()) {
                shape = now;
                rebuild(picture);
            }
        }
        if (direct) {
            return true;
        }
        int error = av_buffersrc_add_frame(in, picture);
        if (error < 0) {
            throw Failure.input("A frame could not be converted (" + Ffmpeg.reason(error) + ").");
        }
        return false;
    }

    /** The next picture of the graph; false when there is none yet. */
    boolean pull(AVFrame into) {
        return out != null && av_buffersink_get_frame(out, into) >= 0;
    }

    /** Tells the graph that nothing more comes. */
    void end() {
        if (in != null) {
            av_buffersrc_add_frame(in, null);
        }
    }

    private void rebuild(AVFrame picture) {
        List<String> steps = steps(picture);
        direct = steps.isEmpty();
        freeGraph();
        if (direct) {
            return;
        }
        AVFilterGraph made = avfilter_graph_alloc();
        graph = made;
        String source = String.format(
                Locale.ROOT,
                "buffer@in=video_size=%dx%d:pix_fmt=%d:time_base=%d/%d:pixel_aspect=1/1:colorspace=%d:range=%d",
                picture.width(),
                picture.height(),
                picture.format(),
                timeBase.num(),
                timeBase.den(),
                picture.colorspace(),
                picture.color_range());
        String text = source + "," + String.join(",", steps) + ",buffersink@out";
        made.nb_threads(1);
        int error = avfilter_graph_parse_ptr(made, text, new AVFilterInOut(null), new AVFilterInOut(null), null);
        if (error >= 0) {
            error = avfilter_graph_config(made, null);
        }
        if (error < 0) {
            throw Failure.input("Frames like these cannot be converted (" + Ffmpeg.reason(error) + ", " + text + ").");
        }
        in = avfilter_graph_get_filter(made, "buffer@in");
        out = avfilter_graph_get_filter(made, "buffersink@out");
        outTimeBase = Ffmpeg.rational(av_buffersink_get_time_base(out), timeBase);
    }

    /** The filters that this picture needs; none when it may pass as it is. */
    private List<String> steps(AVFrame picture) {
        List<String> steps = new ArrayList<>();
        if (interlaced(picture)) {
            steps.add("bwdif=mode=send_frame:deint=interlaced");
        }
        steps.addAll(wish.rotation().filters());
        if (isHdr(picture)) {
            steps.add("zscale=t=linear:npl=203,format=gbrpf32le,zscale=p=bt709,tonemap=mobius:desat=0,"
                    + "zscale=t=bt709:m=bt709:r=tv,format=yuv420p");
        }
        boolean turned = wish.rotation().swaps();
        int width = turned ? picture.height() : picture.width();
        int height = turned ? picture.width() : picture.height();
        boolean plain = picture.format() == AV_PIX_FMT_YUV420P || picture.format() == AV_PIX_FMT_YUVJ420P;
        boolean fits = plain
                && target.chroma() == Chroma.C420
                && !target.alpha()
                && width == target.width()
                && height == target.height()
                && (wish.canvas() == null
                        || colors(picture, height, wish.stills()).equals(target.color()));
        if (!fits) {
            steps.addAll(convert(picture, width, height));
        }
        Rational fps = wish.fps();
        if (fps != null) {
            steps.add("fps=fps=" + fps.num() + "/" + fps.den() + ":round=near");
        }
        return steps;
    }

    private List<String> convert(AVFrame picture, int width, int height) {
        boolean hdr = isHdr(picture);
        ColorSpec from = colors(picture, height, wish.stills());
        int format = picture.format();
        boolean premultiply = target.alpha() && (describe(format).flags() & AV_PIX_FMT_FLAG_ALPHA) != 0;
        String colors = "out_color_matrix=" + Ffmpeg.matrixName(target.color().matrix()) + ":out_range="
                + (target.color().fullRange() ? "full" : "limited");
        if (!isRgb(format) && !hdr) {
            colors += ":in_color_matrix=" + Ffmpeg.matrixName(from.matrix()) + ":in_range="
                    + (from.fullRange() ? "full" : "limited");
        }
        List<String> steps = new ArrayList<>();
        PictureFormat canvas = wish.canvas();
        Fit.Cut cut = canvas == null || wish.fit() == Fit.TILE
                ? new Fit.Cut(target.width(), target.height(), false)
                : wish.fit().cut(width, height, aspect(picture), canvas);
        boolean scales = cut.width() != width || cut.height() != height;
        if (premultiply && scales) {
            // clear pixels may hold any colour: it must not bleed into the edge
            steps.add("format=gbrap,premultiply=inplace=1");
        }
        String flags = cut.width() * 2 < width ? "area" : "bicubic";
        steps.add("scale=" + cut.width() + ":" + cut.height() + ":flags=" + flags
                + "+accurate_rnd+full_chroma_int+full_chroma_inp"
                + (premultiply && scales ? "" : ":" + colors));
        if (premultiply && scales) {
            steps.add("unpremultiply=inplace=1,scale=flags=accurate_rnd+full_chroma_int:" + colors);
        }
        steps.add("format=" + Ffmpeg.pixelFormat(target));
        if (cut.crops() && (cut.width() > target.width() || cut.height() > target.height())) {
            steps.add("crop=" + target.width() + ":" + target.height());
        } else if (cut.width() < target.width() || cut.height() < target.height()) {
            steps.add("pad=" + target.width() + ":" + target.height() + ":(ow-iw)/2:(oh-ih)/2:color=black"
                    + (target.alpha() ? "@0" : ""));
        }
        return steps;
    }

    private Rational aspect(AVFrame picture) {
        Rational aspect = Ffmpeg.rational(picture.sample_aspect_ratio(), Rational.ONE);
        return wish.rotation().swaps() ? aspect.inverse() : aspect;
    }

    private void freeGraph() {
        if (graph != null) {
            avfilter_graph_free(graph);
        }
        graph = null;
        in = null;
        out = null;
    }

    @Override
    public void close() {
        freeGraph();
    }
}
