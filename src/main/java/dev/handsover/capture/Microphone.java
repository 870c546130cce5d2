package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avdevice.avdevice_register_all;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVERROR_EAGAIN;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.SoundTrack;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avutil.AVDictionary;

/**
 * A microphone's sound as packets on the clock of {@link System#nanoTime}, which pictures go by too ({@link SoundClock}), read on
 * a thread of its own.
 */
public final class Microphone implements AutoCloseable {
    private static final long STOP_MILLIS = 2_000;
    private static final long UNHEARD = Long.MIN_VALUE;

    private static final Rational NANOS = new Rational(1, 1_000_000_000);

    private final AVFormatContext context;
    private final AVPacket packet = av_packet_alloc();
    private final AVCodecParameters parameters;
    private final SoundTrack track;
    private final SoundRelay relay = new SoundRelay();
    private final int bytesASample;
    private final Thread thread;
    private volatile long originNanos = UNHEARD;
    private volatile boolean closing;
    private volatile boolean failed;
    private final SoundClock clock = new SoundClock();

    private Microphone(AVFormatContext context, AVCodecParameters parameters) {
        this.context = context;
        this.parameters = parameters;
        this.track =
                new SoundTrack(0, avcodec_get_name(parameters.codec_id()).getString(), parameters.address(), NANOS);
        this.bytesASample = Math.max(1, parameters.ch_layout().nb_channels() * parameters.bits_per_coded_sample() / 8);
        this.thread = Thread.ofPlatform().daemon().name("microphone").start(this::read);
    }

    /**
     * Opens a microphone; throws a device {@code Failure} when there is none.
     *
     * @param name {@code default}, {@code pulse:SOURCE} or {@code alsa:DEVICE}
     */
    public static Microphone open(String name) {
        Ffmpeg.load();
        avdevice_register_all();
        if (name.startsWith("alsa:")) {
            return open("alsa", name.substring("alsa:".length()), name);
        }
        if (name.startsWith("pulse:")) {
            return open("pulse", name.substring("pulse:".length()), name);
        }
        try {
            return open("pulse", name, name);
        } catch (Failure e) {
            return open("alsa", name, name);
        }
    }

    private static Microphone open(String system, String device, String name) {
        AVInputFormat format = av_find_input_format(system);
        AVFormatContext opened = new AVFormatContext(null);
        int error = format == null || format.isNull()
                ? -1
                : avformat_open_input(opened, device, format, (AVDictionary) null);
        if (error < 0 || avformat_find_stream_info(opened, (AVDictionary) null) < 0 || opened.nb_streams() < 1) {
            throw Failure.device("The microphone \"" + name + "\" cannot be opened"
                    + (error < 0 && error != -1 ? " (" + Ffmpeg.reason(error) + ")" : "")
                    + "; name one as pulse:SOURCE (pactl list short sources) or alsa:DEVICE (arecord -L), or leave"
                    + " --microphone away.");
        }
        opened.flags(opened.flags() | AVFormatContext.AVFMT_FLAG_NONBLOCK);
        return new Microphone(opened, opened.streams(0).codecpar());
    }

    /** The track that its packets belong to. */
    public SoundTrack track() {
        return track;
    }

    /** True when it gives nothing more. Any thread. */
    public boolean failed() {
        return failed;
    }

    /**
     * Hands its sound on from now on. It is read since it was opened, so that the sound system keeps nothing old back.
     *
     * @param origin of {@link System#nanoTime}: becomes the packets' time 0
     * @param consumer hears each packet on the microphone's thread and closes it
     */
    public void start(long origin, Consumer<SoundPacket> consumer) {
        relay.consumer(consumer);
        originNanos = origin;
    }

    private void read() {
        try {
            while (!closing) {
                int error = av_read_frame(context, packet);
                if (error == AVERROR_EAGAIN()) {
                    TimeUnit.MILLISECONDS.sleep(3);
                } else if (error < 0) {
                    failed = true;
                    return;
                } else {
                    hand();
                }
            }
        } catch (InterruptedException e) {
            // close() asks for the end
        }
    }

    /**
     * The packet has just come: its last sample is of now. (FFmpeg's own time stamps know what waits in the system's buffers, but its
     * filter loses itself by seconds when packets of many lengths come in bursts, as from a busy machine.)
     */
    private void hand() {
        long origin = originNanos;
        double length = (double) packet.size() / bytesASample / parameters.sample_rate();
        packet.pts(clock.begin(System.nanoTime(), length));
        packet.dts(packet.pts());
        packet.duration(Math.round(length * 1e9));
        if (closing || origin == UNHEARD || packet.pts() < origin) {
            av_packet_unref(packet);
        } else {
            relay.offer(packet, track, origin, Long.MAX_VALUE);
        }
    }

    /** Every packet must have been closed. */
    @Override
    public void close() {
        closing = true;
        thread.interrupt();
        try {
            thread.join(STOP_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (thread.isAlive()) {
            return; // what hangs in the system's call is left to the end of the process
        }
        av_packet_free(packet);
        avformat_close_input(context);
        relay.close();
    }
}
