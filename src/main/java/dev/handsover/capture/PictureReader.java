package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_CODEC_FLAG_LOW_DELAY;
import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_FLAG_CORRUPT;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_alloc_context3;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_find_decoder_by_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_open2;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_to_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EOF;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EXTERNAL;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_get;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundTrack;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.function.BiConsumer;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.jspecify.annotations.Nullable;

/** Decodes the pictures of a container one after the other, passes over what is damaged, and counts it. */
final class PictureReader implements AutoCloseable {
    /** Nanoseconds of pictures, beyond a cut, in which its sound is still looked for. */
    private static final long MOST_SOUND_BEHIND = 10_000_000_000L;

    private static final int MOST_THREADS = 4;
    /** FF_THREAD_SLICE of libavcodec/avcodec.h, which the presets leave out. */
    private static final int SLICES = 2;

    /** What may be missing at the end without being missed, ns. */
    private static final long SHORT = 500_000_000L;

    private final Container container;
    /** Decodes instead of the processor where it can; null when it is not asked. */
    private final @Nullable CardDecoding card;

    private final AVCodecContext decoder;
    private final BiConsumer<AVPacket, SoundTrack> sound;
    private final AVPacket packet = av_packet_alloc();
    private final List<String> notes = new ArrayList<>();
    private final PacketClock clock;
    private final ClearGray clearGray;
    private boolean onCard;
    private boolean packetsEnded;
    private boolean ended;
    private long packetsRead;
    private long lost;

    /**
     * @param sound takes packets of sound; they stay the reader's
     * @param times is told of waits
     * @param wish which card is to decode; of its way only whether any is
     */
    PictureReader(Container container, BiConsumer<AVPacket, SoundTrack> sound, ReadTimes times, DecoderWish wish) {
        this.times = times;
        this.container = container;
        this.sound = sound;
        CardDecoding opened = wish.onCard() ? CardDecoding.open(wish.card()) : null;
        this.card = opened;
        try {
            this.decoder = open(container, opened);
        } catch (RuntimeException e) {
            if (opened != null) {
                opened.close();
            }
            throw e;
        }
        this.clock = new PacketClock(container.jumpy());
        this.clearGray = new ClearGray(container.video().codecpar());
    }

    private static AVCodecContext open(Container container, @Nullable CardDecoding card) {
        AVStream stream = container.video();
        AVCodecParameters parameters = stream.codecpar();
        if (card != null && container.stills()) {
            throw CardDecoding.Refusal.ofCoding("it is a single picture");
        }
        AVCodec found = card == null ? software(container) : CardDecoding.decoder(parameters.codec_id());
        AVCodecContext made = avcodec_alloc_context3(found);
        avcodec_parameters_to_context(made, parameters);
        made.pkt_timebase(stream.time_base());
        made.thread_count(
                container.stills()
                        ? 1
                        : Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors()));
        if (container.live()) {
            // threads that work on several pictures at once would hold each back
            made.thread_type(SLICES);
            made.flags(made.flags() | AV_CODEC_FLAG_LOW_DELAY);
        }
        if (card != null) {
            card.giveTo(made);
        }
        int error = avcodec_open2(made, found, (AVDictionary) null);
        if (error < 0) {
            avcodec_free_context(made);
            throw container.unreadable(error);
        }
        return made;
    }

    private static AVCodec software(Container container) {
        AVStream stream = container.video();
        AVCodecParameters parameters = stream.codecpar();
        String codec = avcodec_get_name(parameters.codec_id()).getString();
        AVCodec found = avcodec_find_decoder(parameters.codec_id());
        AVDictionaryEntry alpha = av_dict_get(stream.metadata(), "alpha_mode", null, 0);
        if (alpha != null && alpha.value().getString().equals("1") && codec.startsWith("vp")) {
            // FFmpeg's own decoders of VP8 and VP9 leave the alpha plane out
            AVCodec other = avcodec_find_decoder_by_name(codec.equals("vp9") ? "libvpx-vp9" : "libvpx");
            found = other == null || other.isNull() ? found : other;
        }
        if (found == null || found.isNull()) {
            throw Failure.input(
                    container.name() + " is coded as " + codec + ", for which there is no decoder; convert it first.");
        }
        return found;
    }

    /** Where the wait for a live stream's packets is told. */
    private final ReadTimes times;

    /** Decodes the next picture; false at the end. Sound met on the way is handed on. */
    boolean next(AVFrame into) {
        while (!ended) {
            int got = avcodec_receive_frame(decoder, into);
            if (got == 0) {
                if ((into.flags() & Ffmpeg.FLAG_CORRUPT) != 0 || into.decode_error_flags() != 0) {
                    lost++;
                }
                clearGray.mend(into);
                onCard = card != null && card.bringDown(into);
                return true;
            }
            checkCard(got);
            if (got == AVERROR_EOF) {
                ended = true;
            } else if (got == AVERROR_EAGAIN()) {
                feed();
            } else {
                lost++;
            }
        }
        return false;
    }

    /** What a card says of itself is no fault of the recording's. */
    private void checkCard(int error) {
        if (onCard && error == AVERROR_EXTERNAL) {
            throw CardDecoding.lost(error);
        }
    }

    /** Whether the last picture came from the card. */
    boolean onCard() {
        return onCard;
    }

    private void feed() {
        if (packetsEnded) {
            avcodec_send_packet(decoder, null);
            return;
        }
        long begun = System.nanoTime();
        int got = av_read_frame(container.context(), packet);
        if (container.live()) {
            times.waitedSince(begun);
        }
        if (got < 0) {
            packetsEnded = true;
            avcodec_send_packet(decoder, null);
            if (got != AVERROR_EOF) {
                lost++;
                notes.add("Reading broke off: " + container.brokenOff(got) + ".");
            }
            return;
        }
        clock.mend(packet, container.context().streams(packet.stream_index()).time_base());
        SoundTrack track = container.soundOf(packet.stream_index());
        if (packet.stream_index() == container.videoIndex()) {
            packetsRead++;
            clearGray.see(packet);
            boolean corrupt = (packet.flags() & AV_PKT_FLAG_CORRUPT) != 0;
            int sent = avcodec_send_packet(decoder, packet);
            checkCard(sent);
            lost += corrupt || sent < 0 ? 1 : 0;
        } else if (track != null) {
            sound.accept(packet, track);
        }
        av_packet_unref(packet);
    }

    /**
     * Reads on for sound alone, which may lie behind its pictures in the file: up to a packet past the time in every track, at
     * most ten seconds of pictures further.
     *
     * @param untilNanos in the container's own time
     */
    void hearUntil(long untilNanos) {
        BitSet whole = new BitSet();
        boolean near = !container.live();
        while (near && !packetsEnded && whole.cardinality() < container.sound().size()) {
            packetsEnded = av_read_frame(container.context(), packet) < 0;
            if (!packetsEnded) {
                int index = packet.stream_index();
                AVRational base = container.context().streams(index).time_base();
                clock.mend(packet, base);
                long ticks = packet.pts() == AV_NOPTS_VALUE ? packet.dts() : packet.pts();
                long nanos = Ffmpeg.rational(base, Rational.ONE).toNanos(ticks == AV_NOPTS_VALUE ? 0 : ticks);
                SoundTrack track = container.soundOf(index);
                if (track != null && nanos < untilNanos) {
                    sound.accept(packet, track);
                } else if (track != null) {
                    whole.set(index);
                }
                near = index != container.videoIndex() || nanos < untilNanos + MOST_SOUND_BEHIND;
                av_packet_unref(packet);
            }
        }
    }

    /** To be asked at the end: counts what the container promised and did not hold. */
    void checkWhole() {
        long promised = container.promisedPackets();
        if (promised > packetsRead && packetsEnded) {
            lost += promised - packetsRead;
            notes.add("The file is cut short: " + packetsRead + " of " + promised + " frames are there.");
        }
        long stated = container.statedNanos();
        long missing = stated - (clock.end() - container.startMicros() * 1000);
        if (promised == 0 && packetsEnded && stated > 0 && missing > SHORT) {
            lost += Math.max(1, Math.round(missing / 1e9 * container.frameRate().value()));
            notes.add(String.format(
                    Locale.ROOT,
                    "The file is cut short: it ends %.1f s before the %.1f s that it promises.",
                    missing / 1e9,
                    stated / 1e9));
        }
    }

    /** True when no picture will come any more. */
    boolean ended() {
        return ended;
    }

    long lost() {
        return lost;
    }

    List<String> notes() {
        return notes;
    }

    @Override
    public void close() {
        avcodec_free_context(decoder);
        av_packet_free(packet);
        if (card != null) {
            card.close();
        }
    }
}
