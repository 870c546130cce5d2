package dev.handsover.sink;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_create;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_get_ref_count;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_buffer_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_get;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVBufferRef;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.Free_Pointer_BytePointer;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * One encoder of FFmpeg for pictures of one format. An encoder that is done with a picture when the call returns reads it in
 * place; others get a copy, made by libavcodec.
 */
final class PictureEncoder implements AutoCloseable {
    /** From so many pixels on one thread cannot keep up and slices are worth their bits. */
    private static final long MANY_PIXELS = 3_000_000;

    private final AVCodecContext context;
    private final @Nullable PixelConverter converter;
    private final boolean inPlace;
    private final boolean ignoresPreset;
    private final PictureFormat format;
    private final Map<Long, Wrapped> wrapped = new HashMap<>();

    /** Memory that the frame pool frees, not FFmpeg: one for the process, kept from the collector. */
    private static final Free_Pointer_BytePointer LEAVE = new Free_Pointer_BytePointer() {
        @Override
        public void call(Pointer opaque, BytePointer data) {
            // the frame's pool owns it
        }
    };

    /** An AVFrame over a frame's memory, with a reference of ours on each plane that shows whether others are left. */
    private record Wrapped(AVFrame picture, List<AVBufferRef> masters) {}

    /**
     * @param codec FFmpeg's name
     * @param settings as the user chose them
     * @param base ticks of time stamps
     * @param headerApart the container wants the stream's header for itself
     */
    PictureEncoder(String codec, Output.Job job, Output.Encoding settings, Rational base, boolean headerApart) {
        this.format = fitted(codec, job.pictures());
        AVCodec found = avcodec_find_encoder_by_name(codec);
        if (found == null || found.isNull()) {
            throw Failure.usage("There is no encoder \"" + codec + "\" here; doctor lists those that there are.");
        }
        int layout = CodecSettings.layout(codec, settings, format, job.gray());
        this.context = avcodec_alloc_context3(found);
        AVDictionary options = new AVDictionary(null);
        describe(layout, base, job.stream().frameRate());
        CodecSettings.choose(context, codec, settings, format.alpha(), options);
        if (headerApart) {
            context.flags(context.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
        }
        int error = avcodec_open2(context, found, options);
        this.ignoresPreset = settings.preset() != null
                && (CodecSettings.withoutPresets(codec) || av_dict_get(options, "preset", null, 0) != null);
        av_dict_free(options);
        if (error < 0) {
            avcodec_free_context(context);
            if (codec.endsWith("_nvenc") && !Encoders.opens(codec)) {
                throw Failure.output(
                        "The encoder " + codec + " opens for no picture here: it needs an NVIDIA card and its"
                                + " driver; choose another --codec, or leave it out.");
            }
            throw Failure.output("The encoder " + codec + " does not take " + format.width() + "×" + format.height()
                    + " pictures with these settings (" + Ffmpeg.reason(error) + "); choose another --codec, --size or"
                    + " --pixel-format.");
        }
        // JPEG files and gray PNG files carry no tags: their colours are always these
        boolean untagged = codec.equals("mjpeg") || codec.equals("png") && job.gray();
        ColorSpec target = untagged ? ColorSpec.JPEG : format.color();
        boolean same = layout == Ffmpeg.pixelFormat(format) && target.equals(format.color());
        this.converter = same ? null : new PixelConverter(format, layout, target);
        this.inPlace = same && codec.equals("libopenh264");
    }

    /** H.264 and HEVC of 4:2:0 hold even sizes only: an odd last column or row is left out. */
    static PictureFormat fitted(String codec, PictureFormat pictures) {
        boolean evenOnly = codec.contains("264") || codec.contains("265") || codec.contains("hevc");
        return evenOnly && pictures.width() > 1 && pictures.height() > 1
                ? pictures.withSize(pictures.width() & ~1, pictures.height() & ~1)
                : pictures;
    }

    private void describe(int layout, Rational base, Rational rate) {
        context.pix_fmt(layout);
        context.width(format.width());
        context.height(format.height());
        context.time_base(Ffmpeg.rational(base.num(), base.den()));
        context.framerate(Ffmpeg.rational(Math.max(1, rate.num()), rate.den()));
        context.sample_aspect_ratio(
                Ffmpeg.rational(format.pixelAspect().num(), format.pixelAspect().den()));
        context.color_range(format.color().fullRange() ? 2 : 1);
        context.colorspace(format.color().matrix().code);
        context.color_primaries(format.color().primaries());
        context.color_trc(format.color().transfer());
        boolean large = (long) format.width() * format.height() > MANY_PIXELS;
        context.thread_count(large ? Math.min(8, Runtime.getRuntime().availableProcessors()) : 1);
    }

    /** The user chose a preset, and this encoder has none. */
    boolean ignoresPreset() {
        return ignoresPreset;
    }

    AVCodecContext context() {
        return context;
    }

    /** Gives a picture to the encoder; its packets come from {@link #receive}. The frame may be reused at once. */
    void send(Frame frame, long ticks, long durationTicks) {
        Wrapped mine = wrapped.computeIfAbsent(frame.address(Frame.Y), key -> wrap(frame));
        AVFrame picture = converter == null ? mine.picture() : converter.convert(mine.picture());
        picture.pts(ticks);
        picture.duration(durationTicks);
        int error = avcodec_send_frame(context, picture);
        if (error < 0) {
            throw Failure.output("The encoder " + context.codec().name().getString() + " refused a picture of "
                    + format.width() + "×" + format.height() + " (" + Ffmpeg.reason(error)
                    + "); choose another --codec or --size.");
        }
    }

    /** After the packets of a picture were received: nobody may still read it in place. */
    void release(Frame frame) {
        Wrapped mine = inPlace ? wrapped.get(frame.address(Frame.Y)) : null;
        if (mine != null && av_buffer_get_ref_count(mine.masters().getFirst()) > 2) {
            throw new IllegalStateException("the encoder holds a picture back");
        }
    }

    private Wrapped wrap(Frame frame) {
        AVFrame picture = av_frame_alloc();
        Ffmpeg.point(picture, frame);
        picture.width(format.width());
        picture.height(format.height());
        List<AVBufferRef> masters = new ArrayList<>();
        for (int plane = 0; inPlace && plane < format.planes(); plane++) {
            long bytes = (long) frame.stride(plane) * format.planeHeight(plane);
            AVBufferRef master =
                    av_buffer_create(new BytePointer(new Ffmpeg.At(frame.address(plane))), bytes, LEAVE, null, 0);
            masters.add(master);
            picture.buf(plane, av_buffer_ref(master));
        }
        return new Wrapped(picture, masters);
    }

    /** Tells the encoder that nothing more comes. */
    void end() {
        avcodec_send_frame(context, null);
    }

    /** The next packet; false when there is none now. */
    boolean receive(AVPacket packet) {
        int error = avcodec_receive_packet(context, packet);
        if (error < 0 && error != AVERROR_EAGAIN() && error != AVERROR_EOF()) {
            throw Failure.output("The encoder " + context.codec().name().getString() + " failed ("
                    + Ffmpeg.reason(error) + "); choose another --codec.");
        }
        return error >= 0;
    }

    @Override
    public void close() {
        avcodec_free_context(context);
        for (Wrapped each : wrapped.values()) {
            av_frame_free(each.picture());
            for (AVBufferRef master : each.masters()) {
                av_buffer_unref(master);
            }
        }
        wrapped.clear();
        if (converter != null) {
            converter.close();
        }
    }
}
