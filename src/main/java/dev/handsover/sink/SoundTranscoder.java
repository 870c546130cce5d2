package dev.handsover.sink;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_GLOBAL_HEADER;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_encoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_packet;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_ch_layout;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_format;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_frame;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_get_sample_rate;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersink_set_frame_size;
import static org.bytedeco.ffmpeg.global.avfilter.av_buffersrc_add_frame;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_alloc;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_config;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_free;
import static org.bytedeco.ffmpeg.global.avfilter.avfilter_graph_parse_ptr;
import static org.bytedeco.ffmpeg.global.avutil.av_channel_layout_describe;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_get_sample_fmt_name;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Rational;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avfilter.AVFilterContext;
import org.bytedeco.ffmpeg.avfilter.AVFilterGraph;
import org.bytedeco.ffmpeg.avfilter.AVFilterInOut;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.javacpp.BytePointer;
import org.jspecify.annotations.Nullable;

/** Decodes a track of sound and encodes it anew. The time of every sample is kept; gaps stay gaps. */
final class SoundTranscoder implements AutoCloseable {
    /** Larger gaps are filled with silence, larger overlaps left out. */
    private static final double GAP_SECONDS = 0.005;
    /** Smaller ones are the rounding of time stamps; between the two, sound is stretched by 4 in a thousand at most. */
    private static final double ROUNDING_SECONDS = 0.001;

    private static final long BITS_A_CHANNEL = 96_000;
    private final AVCodecContext decoder;
    private final AVCodecContext encoder;
    private final AVFilterGraph graph = avfilter_graph_alloc();
    private final AVFrame decoded = av_frame_alloc();
    private final AVFrame filtered = av_frame_alloc();
    private final AVPacket packet = av_packet_alloc();
    private @Nullable AVFilterContext in;
    private @Nullable AVFilterContext out;

    SoundTranscoder(AVCodecParameters from, Rational base, String codec, boolean headerApart) {
        AVCodec source = avcodec_find_decoder(from.codec_id());
        this.decoder = avcodec_alloc_context3(source);
        avcodec_parameters_to_context(decoder, from);
        decoder.pkt_timebase(Ffmpeg.rational(base.num(), base.den()));
        int error = source == null || source.isNull() ? -1 : avcodec_open2(decoder, source, (AVDictionary) null);
        if (error < 0) {
            throw Failure.output(
                    "The sound cannot be decoded, nor copied into this container; write .mkv, which takes any sound.");
        }
        AVCodec target = avcodec_find_encoder_by_name(codec);
        this.encoder = avcodec_alloc_context3(target);
        connect(base, codec);
        encoder.bit_rate(BITS_A_CHANNEL * encoder.ch_layout().nb_channels());
        if (headerApart) {
            encoder.flags(encoder.flags() | AV_CODEC_FLAG_GLOBAL_HEADER);
        }
        if (avcodec_open2(encoder, target, (AVDictionary) null) < 0) {
            throw Failure.output("The sound cannot be re-encoded as " + codec + " here; write .mkv instead.");
        }
        av_buffersink_set_frame_size(out, encoder.frame_size());
    }

    /**
     * abuffer → aresample → aformat → abuffersink; the encoder takes what comes out. The resampler counts time in samples,
     * fills gaps with silence, so that what comes after a gap stays in its place, and stretches what a sound card counted too
     * fast or too slow, which would else be heard as a click every few seconds.
     */
    private void connect(Rational base, String codec) {
        BytePointer layout = new BytePointer(128);
        av_channel_layout_describe(decoder.ch_layout(), layout, 128);
        String source = "abuffer=time_base=" + base.num() + "/" + base.den() + ":sample_rate=" + decoder.sample_rate()
                + ":sample_fmt=" + av_get_sample_fmt_name(decoder.sample_fmt()).getString() + ":channel_layout="
                + layout.limit(BytePointer.strlen(layout)).getString();
        boolean opus = codec.equals("libopus");
        int rate = opus ? 48_000 : Math.clamp(decoder.sample_rate(), 8_000, 96_000);
        String form =
                "aresample=async=" + rate / 250 + ":min_comp=" + ROUNDING_SECONDS + ":min_hard_comp=" + GAP_SECONDS
                        + ",aformat=sample_fmts="
                        + (opus ? "flt" : "fltp") + ":sample_rates=" + rate + ":channel_layouts=mono|stereo|5.1";
        AVFilterInOut none = new AVFilterInOut(null);
        int error = avfilter_graph_parse_ptr(
                graph, source + "[i];[i]" + form + "[o];[o]abuffersink", none, new AVFilterInOut(null), null);
        if (error < 0 || avfilter_graph_config(graph, null) < 0) {
            throw Failure.output("The sound has a shape that cannot be re-encoded here; write .mkv instead.");
        }
        for (int i = 0; i < graph.nb_filters(); i++) {
            String kind = graph.filters(i).filter().name().getString();
            if (kind.equals("abuffer")) {
                in = graph.filters(i);
            } else if (kind.equals("abuffersink")) {
                out = graph.filters(i);
            }
        }
        encoder.sample_rate(av_buffersink_get_sample_rate(out));
        encoder.sample_fmt(av_buffersink_get_format(out));
        av_buffersink_get_ch_layout(out, encoder.ch_layout());
        encoder.time_base(Ffmpeg.rational(1, encoder.sample_rate()));
    }

    AVCodecContext encoder() {
        return encoder;
    }

    void write(AVPacket coded, Consumer<AVPacket> ready) {
        if (avcodec_send_packet(decoder, coded) >= 0) {
            decode(ready);
        }
    }

    private void decode(Consumer<AVPacket> ready) {
        while (avcodec_receive_frame(decoder, decoded) >= 0) {
            decoded.pts(decoded.best_effort_timestamp());
            av_buffersrc_add_frame(in, decoded);
            av_frame_unref(decoded);
            encode(ready);
        }
    }

    private void encode(Consumer<AVPacket> ready) {
        while (av_buffersink_get_frame(out, filtered) >= 0) {
            avcodec_send_frame(encoder, filtered);
            av_frame_unref(filtered);
            receive(ready);
        }
    }

    private void receive(Consumer<AVPacket> ready) {
        while (avcodec_receive_packet(encoder, packet) >= 0) {
            ready.accept(packet);
        }
    }

    /** Brings out what the decoder, the filter and the encoder still hold. */
    void finish(Consumer<AVPacket> ready) {
        avcodec_send_packet(decoder, null);
        decode(ready);
        av_buffersrc_add_frame(in, null);
        encode(ready);
        avcodec_send_frame(encoder, null);
        receive(ready);
    }

    @Override
    public void close() {
        avcodec_free_context(decoder);
        avcodec_free_context(encoder);
        avfilter_graph_free(graph);
        av_frame_free(decoded);
        av_frame_free(filtered);
        av_packet_free(packet);
    }
}
