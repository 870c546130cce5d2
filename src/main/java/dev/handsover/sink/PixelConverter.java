package dev.handsover.sink;

import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_make_writable;
import static org.bytedeco.ffmpeg.global.swscale.SWS_ACCURATE_RND;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INP;
import static org.bytedeco.ffmpeg.global.swscale.SWS_FULL_CHR_H_INT;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.PictureFormat;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.ffmpeg.swscale.SwsFilter;
import org.bytedeco.javacpp.DoublePointer;

/** Brings pictures into the layout that an encoder takes, colours exact, size unchanged. */
final class PixelConverter implements AutoCloseable {
    private final SwsContext context;
    private final AVFrame out;
    private final int height;

    /**
     * @param from of every picture
     * @param to FFmpeg's pixel format
     * @param color of the result; its matrix and range count for YUV
     */
    PixelConverter(PictureFormat from, int to, ColorSpec color) {
        this.height = from.height();
        int flags = SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP;
        this.context = sws_getContext(
                from.width(),
                height,
                Ffmpeg.pixelFormat(from),
                from.width(),
                height,
                to,
                flags,
                (SwsFilter) null,
                (SwsFilter) null,
                (DoublePointer) null);
        if (context == null || context.isNull()) {
            throw new IllegalArgumentException("no conversion to pixel format " + to);
        }
        sws_setColorspaceDetails(
                context,
                sws_getCoefficients(from.color().matrix().code),
                from.color().fullRange() ? 1 : 0,
                sws_getCoefficients(color.matrix().code),
                color.fullRange() ? 1 : 0,
                0,
                1 << 16,
                1 << 16);
        this.out = av_frame_alloc();
        out.format(to);
        out.width(from.width());
        out.height(height);
        av_frame_get_buffer(out, 0);
        Ffmpeg.tag(out, from);
    }

    /** The converted picture, overwritten by the next call unless an encoder still holds it. */
    AVFrame convert(AVFrame picture) {
        av_frame_make_writable(out);
        sws_scale(context, picture.data(), picture.linesize(), 0, height, out.data(), out.linesize());
        return out;
    }

    @Override
    public void close() {
        av_frame_free(out);
        sws_freeContext(context);
    }
}
