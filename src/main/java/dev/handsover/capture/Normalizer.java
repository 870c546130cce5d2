package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_time_base;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_add_frame;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_get_filter;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse_ptr;

import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Brings decoded pictures into the one format that the program works in. A picture that has it already passes by untouched;
 * all others go through a libavfilter graph: deinterlace, turn upright, tone-map, scale, convert.
 */
final class Normalizer implements AutoCloseable {
    /** What the graph is made for; when a picture differs, it is made anew. */
    private record Shape(int width, int height, int format, int space, int range, boolean interlaced) {
        static Shape of(AVFrame picture) {
            return new Shape(
                    picture.width(),
                    picture.height(),
                    picture.format(),
                    picture.colorspace(),
                    picture.color_range(),
                    Conversion.interlaced(picture));
        }
    }

    private final Conversion.Wish wish;
    private final PictureFormat target;
    private final Rational timeBase;
    private @Nullable Shape shape;
    private boolean emptied;
    private boolean direct;
    private @Nullable AVFilterGraph graph;
    private @Nullable AVFilterContext in;
    private @Nullable AVFilterContext out;
    private Rational outTimeBase;
    private final List<String> notes = new ArrayList<>();

    /** Decides the target by the first picture. */
    Normalizer(AVFrame first, Conversion.Wish wish, Rational pixelAspect, Rational timeBase) {
        this.wish = wish;
        this.timeBase = timeBase;
        this.outTimeBase = timeBase;
        this.target = wish.canvas() == null || wish.fit() == Fit.TILE
                ? Conversion.natural(first, wish, pixelAspect)
                : wish.canvas();
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

    private void note(AVFrame first) {
        if (Conversion.interlaced(first)) {
            notes.add("The input is interlaced: it was deinterlaced (bwdif), one frame for two fields.");
        }
        if (Conversion.isHdr(first)) {
            notes.add("The input is HDR: it was tone-mapped to BT.709.");
        }
    }

    /** A deinterlaced stream may hold single progressive frames: the graph that is there knows what to do. */
    private boolean differs(Shape now) {
        Shape known = shape;
        return known == null
                || known.width() != now.width()
                || known.height() != now.height()
                || known.format() != now.format()
                || now.interlaced() && !known.interlaced();
    }

    /**
     * Must be asked before {@link #push}: true when this picture needs another graph while the one that is there may still
     * hold pictures. They come from {@link #pull} then, and the question is to be asked again.
     */
    boolean mustEmptyFor(AVFrame picture) {
        if (in == null || emptied || !differs(Shape.of(picture))) {
            return false;
        }
        end();
        emptied = true;
        return true;
    }

    /**
     * Takes one decoded picture. True when it is to be used as it is; else what it gives comes from {@link #pull}.
     */
    boolean push(AVFrame picture) {
        Shape now = Shape.of(picture);
        if (differs(now)) {
            Shape known = shape;
            boolean sizeChanged = known != null && (known.width() != now.width() || known.height() != now.height());
            String line = "The input's size changes midway: later frames are scaled to the first.";
            if (sizeChanged && wish.canvas() == null && !notes.contains(line)) {
                notes.add(line);
            }
            shape = now;
            rebuild(picture);
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
        List<String> steps = Conversion.steps(picture, wish, target);
        direct = steps.isEmpty();
        emptied = false;
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
