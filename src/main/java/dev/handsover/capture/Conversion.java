package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_ALPHA;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_PAL;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_RGB;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUVJ420P;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.ColorSpec.Matrix;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.PictureFormat.Chroma;
import dev.handsover.frame.Rational;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/** Which filters of libavfilter bring a decoded picture into the program's format: decisions only, nothing runs here. */
final class Conversion {
    private Conversion() {}

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

    private static AVPixFmtDescriptor describe(int format) {
        return av_pix_fmt_desc_get(format);
    }

    static boolean isRgb(int format) {
        return (describe(format).flags() & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
    }

    private static boolean isGray(int format) {
        return describe(format).nb_components() < 3 && !isRgb(format);
    }

    /** The format that keeps most of pictures like the first. */
    static PictureFormat natural(AVFrame first, Wish wish, Rational pixelAspect) {
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

    static boolean isHdr(AVFrame picture) {
        return picture.color_trc() == avutil.AVCOL_TRC_SMPTE2084
                || picture.color_trc() == avutil.AVCOL_TRC_ARIB_STD_B67;
    }

    static boolean interlaced(AVFrame picture) {
        return (picture.flags() & Ffmpeg.FLAG_INTERLACED) != 0;
    }

    /** The filters that this picture needs; none when it may pass as it is. */
    static List<String> steps(AVFrame picture, Wish wish, PictureFormat target) {
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
            steps.addAll(convert(picture, width, height, wish, target));
        }
        Rational fps = wish.fps();
        if (fps != null) {
            steps.add("fps=fps=" + fps.num() + "/" + fps.den() + ":round=near");
        }
        return steps;
    }

    private static List<String> convert(AVFrame picture, int width, int height, Wish wish, PictureFormat target) {
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
                : wish.fit().cut(width, height, aspect(picture, wish), canvas);
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

    private static Rational aspect(AVFrame picture, Wish wish) {
        Rational aspect = Ffmpeg.rational(picture.sample_aspect_ratio(), Rational.ONE);
        return wish.rotation().swaps() ? aspect.inverse() : aspect;
    }
}
