package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX;
import static org.bytedeco.ffmpeg.global.avcodec.av_codec_is_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.av_codec_iterate;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_hw_config;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_CROP_UNALIGNED;
import static org.bytedeco.ffmpeg.global.avutil.AV_HWDEVICE_TYPE_CUDA;
import static org.bytedeco.ffmpeg.global.avutil.AV_HWDEVICE_TYPE_NONE;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_CUDA;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_get;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_init;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_pool_uninit;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_apply_cropping;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_copy_props;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_move_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_hwdevice_ctx_create;
import static org.bytedeco.ffmpeg.global.avutil.av_hwdevice_iterate_types;
import static org.bytedeco.ffmpeg.global.avutil.av_hwframe_transfer_data;
import static org.bytedeco.ffmpeg.global.avutil.av_image_fill_arrays;
import static org.bytedeco.ffmpeg.global.avutil.av_image_get_buffer_size;

import dev.handsover.frame.Failure;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecHWConfig;
import org.bytedeco.ffmpeg.avutil.AVBufferPool;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVHWFramesContext;
import org.bytedeco.ffmpeg.avutil.Alloc_long;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * An NVIDIA card that decodes (NVDEC, FFmpeg's {@code cuda}): which decoders use it, and their pictures brought down into host
 * memory as they are, NV12 or P010 with all tags. One thread.
 */
final class CardDecoding implements AutoCloseable {
    /** Rows begin at multiples of this, and behind the last one is as much room, for readers that take whole vectors. */
    private static final int ALIGNMENT = 64;

    private final AVBufferRef device;
    private final AVFrame down = av_frame_alloc();
    private @Nullable AVBufferPool pool;
    private long poolBytes;

    /** Why a card does not decode: a clause without a full stop. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1;
        private final boolean ofAll;

        private Refusal(String clause, boolean ofAll) {
            super(clause);
            this.ofAll = ofAll;
        }

        /** Nothing can be decoded. */
        static Refusal ofAll(String clause) {
            return new Refusal(clause, true);
        }

        /** What is coded so cannot be decoded. */
        static Refusal ofCoding(String clause) {
            return new Refusal(clause, false);
        }

        /** For the user who asked for a card and nobody else; {@code name} is the recording's. */
        Failure failure(String name) {
            String sentence = "No NVIDIA card can decode " + name + ": " + clause() + "; use --decoder software.";
            return ofAll ? Failure.device(sentence) : Failure.refused(sentence);
        }

        String clause() {
            return String.valueOf(getMessage());
        }
    }

    private CardDecoding(AVBufferRef device) {
        this.device = device;
    }

    /** Opens a card; throws a {@link Refusal} when FFmpeg or the driver cannot decode with it. */
    static CardDecoding open(int card) {
        Ffmpeg.load();
        boolean known = false;
        for (int type = av_hwdevice_iterate_types(AV_HWDEVICE_TYPE_NONE);
                type != AV_HWDEVICE_TYPE_NONE;
                type = av_hwdevice_iterate_types(type)) {
            known |= type == AV_HWDEVICE_TYPE_CUDA;
        }
        if (!known) {
            throw Refusal.ofAll("FFmpeg here was built without CUDA");
        }
        boolean windows = System.getProperty("os.name").startsWith("Windows");
        demand("there is no NVIDIA driver here", windows ? "nvcuda.dll" : "libcuda.so.1");
        demand("the NVIDIA driver cannot decode", windows ? "nvcuvid.dll" : "libnvcuvid.so.1");
        // the card's own context is the network's too; where another use of it forbids that, one apart costs memory
        AVBufferRef device = new AVBufferRef(null);
        int error = create(device, card, true);
        error = error < 0 ? create(device, card, false) : error;
        if (error < 0) {
            throw Refusal.ofAll("the NVIDIA driver opens no card " + card + " (" + Ffmpeg.reason(error) + ")");
        }
        return new CardDecoding(device);
    }

    private static void demand(String without, String library) {
        try (Arena arena = Arena.ofConfined()) {
            SymbolLookup.libraryLookup(library, arena);
        } catch (IllegalArgumentException e) {
            throw Refusal.ofAll(without + " (" + library + " is not found)");
        }
    }

    private static int create(AVBufferRef device, int card, boolean shared) {
        AVDictionary options = new AVDictionary(null);
        if (shared) {
            av_dict_set(options, "primary_ctx", "1", 0);
        }
        int error = av_hwdevice_ctx_create(device, AV_HWDEVICE_TYPE_CUDA, String.valueOf(card), options, 0);
        av_dict_free(options);
        return error;
    }

    /** FFmpeg's decoder of a codec that can use the card; throws a {@link Refusal} when there is none. */
    static AVCodec decoder(int codec) {
        try (PointerPointer<Pointer> place = new PointerPointer<>(1)) {
            place.put(0, (Pointer) null);
            for (AVCodec each = av_codec_iterate(place);
                    each != null && !each.isNull();
                    each = av_codec_iterate(place)) {
                if (each.id() == codec && av_codec_is_decoder(each) != 0 && uses(each)) {
                    return each;
                }
            }
        }
        throw Refusal.ofCoding("FFmpeg decodes no " + avcodec_get_name(codec).getString() + " on NVIDIA's cards");
    }

    private static boolean uses(AVCodec codec) {
        AVCodecHWConfig config = avcodec_get_hw_config(codec, 0);
        for (int i = 1; config != null && !config.isNull(); i++) {
            if (config.device_type() == AV_HWDEVICE_TYPE_CUDA
                    && (config.methods() & AV_CODEC_HW_CONFIG_METHOD_HW_DEVICE_CTX) != 0) {
                return true;
            }
            config = avcodec_get_hw_config(codec, i);
        }
        return false;
    }

    /** Gives a decoder the card, before it is opened. It takes the card for what the card can decode. */
    void giveTo(AVCodecContext context) {
        context.hw_device_ctx(av_buffer_ref(device));
        // more threads would each hold pictures on the card and have nothing to do
        context.thread_count(1);
    }

    /**
     * Replaces a picture on the card by the same in host memory; false, and nothing done, when it is there already. Throws a
     * device {@code Failure} when the card does not give it.
     */
    boolean bringDown(AVFrame picture) {
        if (picture.format() != AV_PIX_FMT_CUDA) {
            return false;
        }
        int format = new AVHWFramesContext(picture.hw_frames_ctx().data()).sw_format();
        int width = (picture.width() + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        long bytes = av_image_get_buffer_size(format, width, picture.height(), 1) + (long) ALIGNMENT;
        AVBufferPool from = pool(bytes);
        AVBufferRef memory = av_buffer_pool_get(from);
        down.buf(0, memory);
        down.format(format);
        down.width(picture.width());
        down.height(picture.height());
        av_image_fill_arrays(down.data(), down.linesize(), memory.data(), format, width, picture.height(), 1);
        int error = av_hwframe_transfer_data(down, picture, 0);
        if (error < 0) {
            av_frame_unref(down);
            throw lost(error);
        }
        av_frame_copy_props(down, picture);
        if (picture.crop_left() > 0 || picture.crop_top() > 0) {
            // on the card only the right and lower edges are left out; to the pixel, where FFmpeg's decoders on the
            // processor round the left edge to whole vectors
            down.crop_left(picture.crop_left());
            down.crop_top(picture.crop_top());
            av_frame_apply_cropping(down, AV_FRAME_CROP_UNALIGNED);
        }
        av_frame_unref(picture);
        av_frame_move_ref(picture, down);
        return true;
    }

    /** Pictures of another size need other memory; the old goes with its last picture. */
    private AVBufferPool pool(long bytes) {
        AVBufferPool known = pool;
        if (known == null || bytes != poolBytes) {
            closePool();
            known = av_buffer_pool_init(bytes, (Alloc_long) null);
            pool = known;
            poolBytes = bytes;
        }
        return known;
    }

    /** The card failed while it decoded. */
    static Failure lost(int error) {
        return Failure.device("The graphics card failed while it decoded (" + Ffmpeg.reason(error)
                + "); start again, or with --decoder software.");
    }

    private void closePool() {
        if (pool != null) {
            av_buffer_pool_uninit(pool);
            pool = null;
        }
    }

    @Override
    public void close() {
        av_frame_free(down);
        closePool();
        av_buffer_unref(device);
    }
}
