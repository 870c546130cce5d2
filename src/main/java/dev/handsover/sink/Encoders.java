package dev.handsover.sink;

import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YUV420P;
import static org.bytedeco.ffmpeg.global.avutil.av_version_info;
import static org.bytedeco.ffmpeg.global.avutil.avutil_license;

import dev.handsover.frame.Failure;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.jspecify.annotations.Nullable;

/** Which encoders there are on this machine, and which one a container gets when the user names none. */
public final class Encoders {
    /** Hardware first: it costs the cores nothing. FFmpeg lists encoders whose hardware is missing; only opening tells. */
    private static final List<String> H264 = List.of("h264_nvenc", "h264_videotoolbox", "h264_mf", "libopenh264");

    private static final List<String> OTHERS =
            List.of("libvpx-vp9", "libsvtav1", "prores_ks", "ffv1", "libwebp_anim", "png", "mjpeg");
    private static @Nullable String h264;

    private Encoders() {}

    /** Names of the encoders that open here, hardware included. */
    public static List<String> available() {
        Ffmpeg.load();
        List<String> found = new ArrayList<>();
        H264.stream().filter(Encoders::opens).forEach(found::add);
        OTHERS.stream().filter(Encoders::exists).forEach(found::add);
        return found;
    }

    /** FFmpeg's version and licence. */
    public static String ffmpegVersion() {
        return av_version_info().getString() + " (" + avutil_license().getString() + ")";
    }

    /** The H.264 encoder of this machine, found once by opening. */
    private static synchronized String h264() {
        String known = h264;
        if (known == null) {
            known = H264.stream().filter(Encoders::opens).findFirst().orElse("libopenh264");
            h264 = known;
        }
        return known;
    }

    static String choose(String container, Output.Job job) {
        String wanted = job.encoding().codec();
        if (wanted != null) {
            return switch (wanted) {
                case "h264" -> h264();
                case "vp9" -> "libvpx-vp9";
                case "av1" -> "libsvtav1";
                case "prores" -> "prores_ks";
                default -> wanted;
            };
        }
        boolean alpha = job.pictures().alpha();
        return switch (container) {
            case "webm" -> "libvpx-vp9";
            case "webp" -> "libwebp_anim";
            case "yuv4mpegpipe" -> "wrapped_avframe";
            case "mov" -> alpha ? "prores_ks" : h264();
            case "matroska" -> alpha ? "ffv1" : h264();
            default -> {
                if (alpha) {
                    throw Failure.usage("This container has no transparency; for --background transparent write .mov"
                            + " (ProRes 4444), .webm (VP9), .mkv (FFV1), .webp or out_%05d.png.");
                }
                yield h264();
            }
        };
    }

    private static boolean exists(String codec) {
        AVCodec found = avcodec_find_encoder_by_name(codec);
        return found != null && !found.isNull();
    }

    /** Whether it takes a small picture; FFmpeg lists encoders whose hardware is missing. */
    static boolean opens(String codec) {
        AVCodec found = avcodec_find_encoder_by_name(codec);
        if (found == null || found.isNull()) {
            return false;
        }
        AVCodecContext trial = avcodec_alloc_context3(found);
        trial.width(640);
        trial.height(360);
        trial.pix_fmt(AV_PIX_FMT_YUV420P);
        trial.time_base(Ffmpeg.rational(1, 30));
        boolean opened = avcodec_open2(trial, found, (AVDictionary) null) >= 0;
        avcodec_free_context(trial);
        return opened;
    }
}
