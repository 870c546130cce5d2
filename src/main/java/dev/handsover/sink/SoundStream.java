package dev.handsover.sink;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_ID_NONE;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_ref;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_copy;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_query_codec;

import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.SoundTrack;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVOutputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.jspecify.annotations.Nullable;

/** One track of sound on its way into a container: untouched where the container takes its codec, else re-encoded. */
final class SoundStream implements AutoCloseable {
    private static final int FF_COMPLIANCE_NORMAL = 0;
    private static final Set<String> TRANSPORT_STREAM = Set.of("aac", "mp2", "mp3", "ac3", "eac3", "opus");

    private final AVStream stream;
    private final Rational base;
    private final AVPacket packet = av_packet_alloc();
    private final @Nullable SoundTranscoder transcoder;
    private final @Nullable String note;
    private long lastDts = Long.MIN_VALUE;

    private SoundStream(AVStream stream, Rational base, @Nullable SoundTranscoder transcoder, @Nullable String note) {
        this.stream = stream;
        this.base = base;
        this.transcoder = transcoder;
        this.note = note;
    }

    /** Null when the track can be neither copied nor decoded. */
    static @Nullable SoundStream open(AVFormatContext context, SoundTrack track, boolean headerApart) {
        AVCodecParameters from = new AVCodecParameters(new Ffmpeg.At(track.parameters()));
        // FFmpeg's MP4 muxer accepts PCM and Vorbis, which hardly any player of MP4 files plays
        boolean odd = context.oformat().name().getString().equals("mp4")
                && (track.codec().startsWith("pcm_") || track.codec().equals("vorbis"));
        boolean known = from.codec_id() != AV_CODEC_ID_NONE;
        if (known && !odd && takes(context.oformat(), from.codec_id(), track.codec())) {
            AVStream stream = avformat_new_stream(context, (AVCodec) null);
            avcodec_parameters_copy(stream.codecpar(), from);
            stream.codecpar().codec_tag(0);
            stream.time_base(
                    Ffmpeg.rational(track.timeBase().num(), track.timeBase().den()));
            return new SoundStream(stream, track.timeBase(), null, null);
        }
        AVCodec decoder = avcodec_find_decoder(from.codec_id());
        if (decoder == null || decoder.isNull()) {
            return null;
        }
        boolean web = context.oformat().name().getString().equals("webm");
        SoundTranscoder transcoder = new SoundTranscoder(from, track.timeBase(), web ? "libopus" : "aac", headerApart);
        AVStream stream = avformat_new_stream(context, (AVCodec) null);
        avcodec_parameters_from_context(stream.codecpar(), transcoder.encoder());
        stream.time_base(transcoder.encoder().time_base());
        return new SoundStream(
                stream,
                track.timeBase(),
                transcoder,
                "sound track " + (track.index() + 1) + " is re-encoded from " + track.codec() + " to "
                        + (web ? "Opus" : "AAC") + ", since the container does not take " + track.codec() + ".");
    }

    private static boolean takes(AVOutputFormat container, int codecId, String codec) {
        // FFmpeg's MPEG-TS muxer does not say what it takes
        return container.name().getString().equals("mpegts")
                ? TRANSPORT_STREAM.contains(codec)
                : avformat_query_codec(container, codecId, FF_COMPLIANCE_NORMAL) == 1;
    }

    /** @param originNanos the packets' time that becomes the output's time 0; what lies before is left out */
    void write(SoundPacket incoming, long originNanos, Consumer<AVPacket> mux) {
        if (originNanos > 0 && incoming.timeNanos() < originNanos) {
            return;
        }
        av_packet_ref(packet, new AVPacket(new Ffmpeg.At(incoming.address())));
        long shift = base.toTicks(originNanos);
        packet.pts(packet.pts() - shift);
        packet.dts(packet.dts() - shift);
        if (transcoder != null) {
            transcoder.write(packet, ready -> send(ready, transcoder.encoder().time_base(), mux));
            av_packet_unref(packet);
            return;
        }
        send(packet, Ffmpeg.rational(base.num(), base.den()), mux);
    }

    private void send(AVPacket ready, org.bytedeco.ffmpeg.avutil.AVRational from, Consumer<AVPacket> mux) {
        ready.stream_index(stream.index());
        av_packet_rescale_ts(ready, from, stream.time_base());
        // time stamps that jump back in the source: muxers refuse them
        if (ready.dts() <= lastDts) {
            long shift = lastDts + 1 - ready.dts();
            ready.dts(ready.dts() + shift);
            ready.pts(Math.max(ready.pts(), ready.dts()));
        }
        lastDts = ready.dts();
        mux.accept(ready);
    }

    void finish(Consumer<AVPacket> mux) {
        if (transcoder != null) {
            transcoder.finish(ready -> send(ready, transcoder.encoder().time_base(), mux));
        }
    }

    Optional<String> note() {
        return Optional.ofNullable(note);
    }

    String describe() {
        return transcoder == null ? "copied" : "re-encoded";
    }

    @Override
    public void close() {
        av_packet_free(packet);
        if (transcoder != null) {
            transcoder.close();
        }
    }
}
