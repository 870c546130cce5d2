package dev.handsover.sink;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_QSCALE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_FLAG_ALPHA;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_NONE;
import static org.bytedeco.ffmpeg.global.avutil.FF_QP2LAMBDA;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_get_pix_fmt;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import java.util.Set;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

/** What each of FFmpeg's encoders is told: the pixels that it gets, its quality, its speed. */
final class CodecSettings {
    /** Quantiser of constant-quality H.264 that looks clean; docs/adr tells how it was found. */
    private static final int CLEAN_QP = 22;
    /** Encoders without speeds to choose from. */
    private static final Set<String> NO_PRESETS =
            Set.of("libopenh264", "prores_ks", "mjpeg", "ffv1", "libwebp", "libwebp_anim");

    private CodecSettings() {}

    /** Encoders that have no speeds to choose from. */
    static boolean withoutPresets(String codec) {
        return NO_PRESETS.contains(codec);
    }

    /** The pixel format: the user's, or the one that keeps most of the pictures. */
    static int layout(String codec, Output.Encoding settings, PictureFormat format, boolean gray) {
        String wanted = settings.pixelFormat();
        if (wanted != null) {
            int chosen = av_get_pix_fmt(wanted);
            if (chosen == AV_PIX_FMT_NONE) {
                throw Failure.usage(
                        "There is no pixel format \"" + wanted + "\"; e.g. yuv420p, yuv444p, yuva444p10le.");
            }
            if (format.alpha() && (av_pix_fmt_desc_get(chosen).flags() & AV_PIX_FMT_FLAG_ALPHA) == 0) {
                throw Failure.usage("The pixel format " + wanted + " has no transparency; for --background transparent"
                        + " take one that has (yuva420p, yuva444p10le, rgba …), or leave --pixel-format out.");
            }
            return chosen;
        }
        boolean alpha = format.alpha();
        String name =
                switch (codec) {
                    case "prores_ks" -> alpha ? "yuva444p10le" : "yuv422p10le";
                    case "libvpx-vp9", "libvpx" -> alpha ? "yuva420p" : "yuv420p";
                    case "ffv1" -> gray ? "gray" : alpha ? "bgra" : format.chroma().shift == 0 ? "yuv444p" : "yuv420p";
                    case "png" -> gray ? "gray" : alpha ? "rgba" : "rgb24";
                    case "bmp" -> alpha ? "bgra" : "bgr24";
                    case "tiff" -> alpha ? "rgba" : "rgb24";
                    case "libwebp", "libwebp_anim" -> "bgra";
                    case "mjpeg" -> format.chroma().shift == 0 ? "yuvj444p" : "yuvj420p";
                    case "rawvideo", "wrapped_avframe" -> format.chroma().shift == 0 ? "yuv444p" : "yuv420p";
                    default -> "yuv420p";
                };
        if (alpha && (name.equals("yuv420p") || name.equals("yuv444p") || name.startsWith("yuvj"))) {
            throw Failure.usage("The codec " + codec + " has no transparency; for --background transparent write .mov"
                    + " (ProRes 4444), .webm (VP9), .mkv (FFV1), .webp or out_%05d.png.");
        }
        return av_get_pix_fmt(name);
    }

    /** Quality and speed: the user's, or those that were found good. */
    static void choose(
            AVCodecContext context, String codec, Output.Encoding settings, boolean alpha, AVDictionary options) {
        int crf = settings.crf();
        String preset = settings.preset();
        if (settings.bitrate() > 0) {
            context.bit_rate(settings.bitrate());
        }
        switch (codec) {
            case "libopenh264" -> {
                context.gop_size(Math.max(30, (int) Math.round(2
                        * context.framerate().num()
                        / (double) context.framerate().den())));
                if (settings.bitrate() > 0) {
                    av_dict_set(options, "rc_mode", "bitrate", 0);
                } else {
                    int qp = Math.clamp(crf < 0 ? CLEAN_QP : crf, 1, 51);
                    // with its rate control off it takes a quantiser of its own; between equal bounds it takes ours
                    av_dict_set(options, "rc_mode", "quality", 0);
                    context.qmin(qp);
                    context.qmax(qp);
                }
            }
            case "libvpx-vp9", "libvpx" -> {
                quality(context, options, settings, crf < 0 ? 24 : crf);
                av_dict_set(options, "deadline", "realtime", 0);
                av_dict_set(options, "cpu-used", preset == null ? "7" : preset, 0);
                av_dict_set(options, "row-mt", "1", 0);
                context.thread_count(Math.min(4, Runtime.getRuntime().availableProcessors()));
            }
            case "libsvtav1" -> {
                quality(context, options, settings, crf < 0 ? 28 : crf);
                av_dict_set(options, "preset", preset == null ? "10" : preset, 0);
            }
            case "prores_ks" -> {
                av_dict_set(options, "profile", alpha ? "4444" : "hq", 0);
                av_dict_set(options, "alpha_bits", "16", 0);
                context.thread_count(Math.min(4, Runtime.getRuntime().availableProcessors()));
            }
            case "mjpeg" -> {
                context.flags(context.flags() | AV_CODEC_FLAG_QSCALE);
                context.global_quality(Math.clamp(crf < 0 ? 2 : crf, 1, 31) * FF_QP2LAMBDA);
            }
            case "libwebp", "libwebp_anim" ->
                av_dict_set(options, "quality", Integer.toString(crf < 0 ? 90 : 100 - crf), 0);
            case "ffv1" -> av_dict_set(options, "level", "3", 0);
            default -> {
                if (crf >= 0) {
                    av_dict_set(options, "crf", Integer.toString(crf), 0);
                }
                if (preset != null) {
                    av_dict_set(options, "preset", preset, 0);
                }
            }
        }
    }

    private static void quality(AVCodecContext context, AVDictionary options, Output.Encoding settings, int crf) {
        if (settings.bitrate() <= 0) {
            context.bit_rate(0);
            av_dict_set(options, "crf", Integer.toString(crf), 0);
        }
    }
}
