package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avutil.AV_LOG_QUIET;
import static org.bytedeco.ffmpeg.global.avutil.av_log_set_level;
import static org.bytedeco.ffmpeg.global.avutil.av_strerror;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.ColorSpec.Matrix;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.PictureFormat.Chroma;
import dev.handsover.frame.Rational;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.ffmpeg.global.avcodec;
import org.bytedeco.ffmpeg.global.avformat;
import org.bytedeco.ffmpeg.global.avutil;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;

/** What the readers share of FFmpeg: quiet logs, errors as words, AVFrames as frames. */
final class Ffmpeg {
    /** AVFrame begins with {@code uint8_t *data[8]; int linesize[8]}, part of FFmpeg's stable binary interface. */
    private static final long LINESIZE_OFFSET = 64;

    /** AV_FRAME_FLAG_CORRUPT and AV_FRAME_FLAG_INTERLACED of libavutil/frame.h, which the presets leave out. */
    static final int FLAG_CORRUPT = 1;

    static final int FLAG_INTERLACED = 1 << 3;

    static {
        av_log_set_level(AV_LOG_QUIET);
    }

    private Ffmpeg() {}

    /** Loads the libraries and silences them. */
    static void load() {}

    /** FFmpeg's words for an error code, beginning in lower case, without a full stop. */
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

    /** A fraction, or {@code otherwise} when FFmpeg knows none. */
    static Rational rational(AVRational value, Rational otherwise) {
        return value.num() <= 0 || value.den() <= 0 ? otherwise : new Rational(value.num(), value.den());
    }

    /** Points a frame's planes at those of an AVFrame of 8-bit planar YUV, without a copy and without garbage. */
    static void place(AVFrame from, Frame to) {
        MemorySegment struct = MemorySegment.ofAddress(from.address()).reinterpret(LINESIZE_OFFSET + 32);
        for (int plane = 0; plane < to.format().planes(); plane++) {
            to.place(
                    plane,
                    struct.get(ValueLayout.JAVA_LONG, 8L * plane),
                    struct.get(ValueLayout.JAVA_INT, LINESIZE_OFFSET + 4L * plane));
        }
    }

    /** A pointer at memory that is somebody else's. */
    static BytePointer at(long address) {
        return new BytePointer(new At(address));
    }

    private static final class At extends Pointer {
        At(long address) {
            this.address = address;
        }
    }

    /** FFmpeg's name of a format's layout. */
    static String pixelFormat(PictureFormat format) {
        String chroma = format.chroma() == Chroma.C420 ? "420p" : "444p";
        return (format.alpha() ? "yuva" : "yuv") + chroma;
    }

    /** The scale filter's name of a matrix. */
    static String matrixName(Matrix matrix) {
        return switch (matrix) {
            case BT601 -> "bt601";
            case BT709 -> "bt709";
            case BT2020 -> "bt2020";
        };
    }

    /** The matrix that a tag of ITU-T H.273 table 4 means; the assumed one for unknown tags. */
    static Matrix matrix(int tag, ColorSpec assumed) {
        return switch (tag) {
            case avutil.AVCOL_SPC_BT709, avutil.AVCOL_SPC_SMPTE240M -> Matrix.BT709;
            case avutil.AVCOL_SPC_FCC, avutil.AVCOL_SPC_BT470BG, avutil.AVCOL_SPC_SMPTE170M -> Matrix.BT601;
            case avutil.AVCOL_SPC_BT2020_NCL, avutil.AVCOL_SPC_BT2020_CL -> Matrix.BT2020;
            default -> assumed.matrix();
        };
    }

    /** Versions of the libraries that read. */
    static String version() {
        return "FFmpeg " + avutil.av_version_info().getString() + " (avformat " + dotted(avformat.avformat_version())
                + ", avcodec " + dotted(avcodec.avcodec_version()) + ")";
    }

    private static String dotted(int version) {
        return (version >> 16) + "." + (version >> 8 & 255) + "." + (version & 255);
    }
}
