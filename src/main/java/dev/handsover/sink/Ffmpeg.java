package dev.handsover.sink;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.PictureFormat.Chroma;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** What the writers share of FFmpeg: quiet logs, errors as words, frames as AVFrames. */
final class Ffmpeg {
    private static final Set<String> OLD_FILE_TAGS =
            Set.of("encoder", "major_brand", "minor_version", "compatible_brands", "duration", "handler_name");

    static final int NO_SPACE = -28;
    static final int BROKEN_PIPE = -32;

    static {
        av_log_set_level(AV_LOG_QUIET);
        hushSvt();
    }

    private Ffmpeg() {}

    /** A pointer at memory that is somebody else's. */
    static final class At extends Pointer {
        At(long address) {
            this.address = address;
        }
    }

    /** Loads the libraries and silences them. */
    static void load() {}

    /** SVT-AV1 writes about itself to standard error and listens to its environment alone. */
    private static void hushSvt() {
        Linker linker = Linker.nativeLinker();
        linker.defaultLookup().find("setenv").ifPresent(address -> {
            try (Arena arena = Arena.ofConfined()) {
                int error = (int) linker.downcallHandle(
                                address,
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.JAVA_INT))
                        .invokeExact(arena.allocateFrom("SVT_LOG"), arena.allocateFrom("1"), 0);
                if (error != 0) {
                    throw new IllegalStateException("setenv failed");
                }
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        });
    }

    /** FFmpeg's words for an error code, beginning in lower case. */
    static String reason(int error) {
        try (BytePointer text = new BytePointer(256)) {
            av_strerror(error, text, 256);
            // a pointer's string is all of its memory: the end must be found by hand
            String words = text.limit(BytePointer.strlen(text)).getString(StandardCharsets.UTF_8);
            return words.isEmpty()
                    ? "error " + error
                    : words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1);
        }
    }

    /** The tags that describe a file's content, without those that describe the old file itself. */
    static AVDictionary tags(Map<String, String> metadata) {
        AVDictionary tags = new AVDictionary(null);
        metadata.forEach((key, value) -> {
            if (!OLD_FILE_TAGS.contains(key.toLowerCase(Locale.ROOT))) {
                av_dict_set(tags, key, value, 0);
            }
        });
        return tags;
    }

    static AVRational rational(int num, int den) {
        return new AVRational().num(num).den(den);
    }

    /** FFmpeg's layout of pictures. */
    static int pixelFormat(PictureFormat format) {
        boolean full = format.chroma() == Chroma.C444;
        return format.alpha()
                ? full ? avutil.AV_PIX_FMT_YUVA444P : avutil.AV_PIX_FMT_YUVA420P
                : full ? avutil.AV_PIX_FMT_YUV444P : avutil.AV_PIX_FMT_YUV420P;
    }

    /** Fills in an AVFrame that points at a frame's planes; it owns nothing. */
    static void point(AVFrame at, Frame frame) {
        PictureFormat format = frame.format();
        for (int plane = 0; plane < format.planes(); plane++) {
            at.data(plane, new BytePointer(new At(frame.address(plane))));
            at.linesize(plane, frame.stride(plane));
        }
        at.format(pixelFormat(format));
        at.width(format.width());
        at.height(format.height());
        tag(at, format);
    }

    /** Says what the numbers mean. */
    static void tag(AVFrame at, PictureFormat format) {
        at.color_range(format.color().fullRange() ? avutil.AVCOL_RANGE_JPEG : avutil.AVCOL_RANGE_MPEG);
        at.colorspace(format.color().matrix().code);
        at.color_primaries(format.color().primaries());
        at.color_trc(format.color().transfer());
        at.sample_aspect_ratio(
                rational(format.pixelAspect().num(), format.pixelAspect().den()));
    }
}
