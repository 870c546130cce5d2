package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_LOW_DELAY;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_H264;
import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_MJPEG;
import static org.bytedeco.ffmpeg.global.avcodec.AV_EF_EXPLODE;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_get;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_init;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_uninit;

import dev.handsover.frame.Failure;
import dev.handsover.v4l2.Coding;
import dev.handsover.v4l2.Layout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVBufferPool;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.Alloc_long;
import org.bytedeco.ffmpeg.global.avutil;
import org.jspecify.annotations.Nullable;

/**
 * Turns the bytes that a camera gives into pictures of FFmpeg's, whose memory is their own: plain layouts are copied once,
 * compressed ones decoded once. Damaged pictures are refused, not repaired. One thread.
 */
final class Unpacker implements AutoCloseable {
    /** Room behind the last row for readers that take whole vectors. */
    private static final int SLACK = 64;
    /** A camera whose every picture is refused is taken as it is: some end each JPEG a few bits early. */
    private static final int PATIENCE = 10;

    private final Layout layout;
    private final @Nullable AVCodecContext decoder;
    private final @Nullable AVBufferPool pool;
    private final AVPacket packet = av_packet_alloc();
    private long refused;
    private boolean lenient;
    private boolean everGood;

    Unpacker(Layout layout) {
        Ffmpeg.load();
        this.layout = layout;
        this.decoder = layout.coding().compressed() ? decoder(layout.coding()) : null;
        this.pool =
                layout.coding().compressed() ? null : av_buffer_pool_init(layout.bytes() + SLACK, (Alloc_long) null);
    }

    private static AVCodecContext decoder(Coding coding) {
        AVCodec codec = avcodec_find_decoder(coding == Coding.H264 ? AV_CODEC_ID_H264 : AV_CODEC_ID_MJPEG);
        if (codec == null || codec.isNull()) {
            throw Failure.device("FFmpeg here cannot decode " + coding + "; choose another --camera-format.");
        }
        AVCodecContext made = avcodec_alloc_context3(codec);
        // threads that work on several pictures at once would hold each back
        made.thread_count(1);
        made.flags(made.flags() | AV_CODEC_FLAG_LOW_DELAY);
        made.err_recognition(AV_EF_EXPLODE);
        if (avcodec_open2(made, codec, (AVDictionary) null) < 0) {
            avcodec_free_context(made);
            throw Failure.device("FFmpeg's decoder of " + coding + " does not open; choose another --camera-format.");
        }
        return made;
    }

    /**
     * One picture into {@code into}, its {@code pts} set to {@code time}; false when the bytes are damaged or a decoder
     * holds them back.
     *
     * @param time passed through, also where a decoder holds pictures back
     */
    boolean unpack(MemorySegment bytes, long time, AVFrame into) {
        boolean good = decoder == null ? copy(bytes, time, into) : decode(decoder, bytes, time, into);
        everGood |= good;
        if (decoder != null && !everGood && !lenient && refused >= PATIENCE) {
            lenient = true;
            decoder.err_recognition(0);
        }
        return good;
    }

    /** How many pictures were damaged. */
    long refused() {
        return refused;
    }

    /** Pictures are taken although the decoder finds fault with each. */
    boolean lenient() {
        return lenient;
    }

    private boolean decode(AVCodecContext with, MemorySegment bytes, long time, AVFrame into) {
        if (bytes.byteSize() < 2 || !lenient && layout.coding() != Coding.H264 && !beginsAsJpeg(bytes)) {
            refused++;
            return false;
        }
        packet.data(Ffmpeg.at(bytes.address()));
        packet.size((int) bytes.byteSize());
        packet.pts(time);
        if (avcodec_send_packet(with, packet) < 0) {
            refused++;
            return false;
        }
        int got = avcodec_receive_frame(with, into);
        if (got == AVERROR_EAGAIN()) {
            // held back, not damaged
            return false;
        }
        boolean whole = lenient || (into.flags() & Ffmpeg.FLAG_CORRUPT) == 0 && into.decode_error_flags() == 0;
        if (got == 0 && whole) {
            return true;
        }
        avutil.av_frame_unref(into);
        refused++;
        return false;
    }

    /** The decoder would take a picture without its beginning and colour it by the tables of the one before. */
    private static boolean beginsAsJpeg(MemorySegment bytes) {
        return bytes.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0xff && bytes.get(ValueLayout.JAVA_BYTE, 1) == (byte) 0xd8;
    }

    private boolean copy(MemorySegment bytes, long time, AVFrame into) {
        long needed = neededBytes();
        if (bytes.byteSize() < needed) {
            refused++;
            return false;
        }
        AVBufferRef memory = av_buffer_pool_get(pool);
        long address = memory.data().address();
        MemorySegment.ofAddress(address).reinterpret(needed).copyFrom(bytes.asSlice(0, needed));
        into.buf(0, memory);
        into.format(pixelFormat(layout.coding()));
        into.width(layout.width());
        into.height(layout.height());
        place(into, address);
        into.colorspace(layout.color().matrix().code);
        into.color_range(layout.color().fullRange() ? avutil.AVCOL_RANGE_JPEG : avutil.AVCOL_RANGE_MPEG);
        into.color_primaries(layout.color().primaries());
        into.color_trc(layout.color().transfer());
        into.pts(time);
        return true;
    }

    private void place(AVFrame into, long address) {
        int row = layout.rowBytes();
        long luma = (long) row * layout.height();
        into.data(0, Ffmpeg.at(address));
        into.linesize(0, row);
        switch (layout.coding()) {
            case NV12 -> {
                into.data(1, Ffmpeg.at(address + luma));
                into.linesize(1, row);
            }
            case I420 -> {
                into.data(1, Ffmpeg.at(address + luma));
                into.linesize(1, row / 2);
                into.data(2, Ffmpeg.at(address + luma + (long) (row / 2) * ((layout.height() + 1) / 2)));
                into.linesize(2, row / 2);
            }
            default -> {}
        }
    }

    private long neededBytes() {
        long luma = (long) layout.rowBytes() * layout.height();
        return switch (layout.coding()) {
            case NV12 -> luma + (long) layout.rowBytes() * ((layout.height() + 1) / 2);
            case I420 -> luma + 2L * (layout.rowBytes() / 2) * ((layout.height() + 1) / 2);
            default -> luma;
        };
    }

    private static int pixelFormat(Coding coding) {
        return switch (coding) {
            case I420 -> avutil.AV_PIX_FMT_YUV420P;
            case NV12 -> avutil.AV_PIX_FMT_NV12;
            case YUYV -> avutil.AV_PIX_FMT_YUYV422;
            case UYVY -> avutil.AV_PIX_FMT_UYVY422;
            case GRAY -> avutil.AV_PIX_FMT_GRAY8;
            case RGB -> avutil.AV_PIX_FMT_RGB24;
            case BGR -> avutil.AV_PIX_FMT_BGR24;
            case MJPEG, JPEG, H264 -> throw new IllegalArgumentException(coding + " has no plain layout");
        };
    }

    @Override
    public void close() {
        packet.data(null);
        packet.size(0);
        av_packet_free(packet);
        if (decoder != null) {
            avcodec_free_context(decoder);
        }
        if (pool != null) {
            av_buffer_pool_uninit(pool);
        }
    }
}
