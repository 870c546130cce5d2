package dev.handsover.capture;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_APNG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_PNG;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_GRAY8;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_MONOBLACK;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_YA8;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_copy_props;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_move_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import java.lang.foreign.MemorySegment;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;

/**
 * The gray of 1, 2 or 4 bits that a PNG declares to be clear (its chunk tRNS). FFmpeg's decoder leaves it opaque: of one bit it
 * refuses the chunk, of two and four it looks for the gray's number among grays that are spread to eight bits already. One thread.
 */
final class ClearGray {
    private static final int NONE = -1;
    /** Of a PNG, before its first chunk. */
    private static final int SIGNATURE = 8;
    /** Length, name and checksum, around each chunk's data. */
    private static final int AROUND = 12;

    private static final int IHDR = 0x49484452;
    private static final int TRNS = 0x74524e53;
    private static final int IDAT = 0x49444154;

    private final boolean png;
    private int clear = NONE;
    private int bits;

    /** @param parameters of the stream whose packets and pictures follow */
    ClearGray(AVCodecParameters parameters) {
        png = parameters.codec_id() == AV_CODEC_ID_PNG;
        if (parameters.codec_id() == AV_CODEC_ID_APNG && parameters.extradata_size() > 0) {
            look(segment(parameters.extradata(), parameters.extradata_size()), 0);
        }
    }

    private static MemorySegment segment(BytePointer bytes, long size) {
        return MemorySegment.ofAddress(bytes.address()).reinterpret(size);
    }

    /** Sees a packet before it is decoded. */
    void see(AVPacket packet) {
        if (png && packet.size() > SIGNATURE) {
            clear = NONE;
            look(segment(packet.data(), packet.size()), SIGNATURE);
        }
    }

    private static int number(MemorySegment bytes, long at, int count) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | bytes.get(JAVA_BYTE, at + i) & 255;
        }
        return value;
    }

    private void look(MemorySegment bytes, long from) {
        long at = from;
        bits = 0;
        while (at + AROUND <= bytes.byteSize()) {
            long length = number(bytes, at, 4) & 0xffffffffL;
            int name = number(bytes, at + 4, 4);
            if (name == IDAT || at + AROUND + length > bytes.byteSize()) {
                return;
            }
            if (name == IHDR && length >= 10) {
                int type = number(bytes, at + 17, 1);
                bits = type == 0 ? number(bytes, at + 16, 1) : 0;
            } else if (name == TRNS && length == 2 && bits >= 1 && bits <= 4) {
                clear = number(bytes, at + 8, 2) & (1 << bits) - 1;
            }
            at += AROUND + length;
        }
    }

    /** Makes the clear pixels of a decoded picture clear; leaves all other pictures as they are. */
    void mend(AVFrame picture) {
        int format = picture.format();
        boolean one = format == AV_PIX_FMT_MONOBLACK;
        if (clear == NONE || !one && format != AV_PIX_FMT_YA8 && format != AV_PIX_FMT_GRAY8) {
            return;
        }
        AVFrame made = av_frame_alloc();
        made.format(AV_PIX_FMT_YA8);
        made.width(picture.width());
        made.height(picture.height());
        try {
            if (av_frame_get_buffer(made, 0) < 0) {
                throw new IllegalStateException("no memory for a picture");
            }
            av_frame_copy_props(made, picture);
            int step = format == AV_PIX_FMT_YA8 ? 2 : 1;
            for (int y = 0; y < picture.height(); y++) {
                MemorySegment from = row(picture, y);
                MemorySegment to = row(made, y);
                for (int x = 0; x < picture.width(); x++) {
                    int gray = one
                            ? (from.get(JAVA_BYTE, x >> 3) >> (7 - (x & 7)) & 1) * 255
                            : from.get(JAVA_BYTE, (long) x * step) & 255;
                    // the decoder spreads 0 … 2^bits − 1 over 0 … 255
                    boolean hidden = gray * ((1 << bits) - 1) / 255 == clear;
                    to.set(JAVA_BYTE, 2L * x, (byte) gray);
                    to.set(JAVA_BYTE, 2L * x + 1, (byte) (hidden ? 0 : 255));
                }
            }
            av_frame_unref(picture);
            av_frame_move_ref(picture, made);
        } finally {
            av_frame_free(made);
        }
    }

    private static MemorySegment row(AVFrame picture, int y) {
        long size = Math.abs(picture.linesize(0));
        return MemorySegment.ofAddress(picture.data(0).address() + (long) y * picture.linesize(0))
                .reinterpret(size);
    }
}
