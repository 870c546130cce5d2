package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_get_name;
import static org.bytedeco.ffmpeg.global.avdevice.avdevice_register_all;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_DURATION_FROM_STREAM;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_TS_DISCONT;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.av_find_best_stream;
import static org.bytedeco.ffmpeg.global.avformat.av_find_input_format;
import static org.bytedeco.ffmpeg.global.avformat.av_guess_frame_rate;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_close_input;
import static org.bytedeco.ffmpeg.global.avformat.avformat_find_stream_info;
import static org.bytedeco.ffmpeg.global.avformat.avformat_open_input;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_AUDIO;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_iterate;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;
import static org.bytedeco.ffmpeg.global.avutil.av_get_pix_fmt_name;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundTrack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVCodecParameters;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVInputFormat;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.bytedeco.ffmpeg.avutil.AVDictionaryEntry;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.ffmpeg.avutil.AVRational;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/**
 * An open container: its streams, the decoder of its video, and the limits on waiting for it. Long, since all that is asked of
 * FFmpeg before the first picture shares one native context, which is opened and freed here alone.
 */
final class Container implements AutoCloseable {
    private final Place place;
    private final AVFormatContext context;
    private final Watchdog watchdog;
    private final List<SoundTrack> sound = new ArrayList<>();
    private final Map<Integer, SoundTrack> soundByStream = new HashMap<>();
    private final int videoIndex;
    private final AVStream video;
    private final Duration readLimit;

    /**
     * What to open.
     *
     * @param url as FFmpeg names it
     * @param name as the user named it
     * @param remote may keep us waiting
     * @param sound tracks of sound are wanted
     * @param live delay counts: the decoder holds nothing back
     * @param device the device that it is, or null
     */
    record Place(
            String url,
            String name,
            boolean remote,
            boolean sound,
            boolean live,
            @Nullable InputDevice device) {
        /** A recording. */
        Place(String url, String name, boolean remote, boolean sound) {
            this(url, name, remote, sound, false, null);
        }
    }

    private Container(Place place, SourceSpec.Options options) {
        Ffmpeg.load();
        this.place = place;
        this.watchdog = new Watchdog();
        AVFormatContext made = avformat_alloc_context();
        if (place.remote()) {
            watchdog.allow(options.connectLimit());
            watchdog.watch(made.interrupt_callback());
        }
        AVDictionary settings = settings(place, options);
        int error = avformat_open_input(made, place.url(), inputFormat(place), settings);
        av_dict_free(settings);
        if (error < 0) {
            Failure unreadable = unreadable(error);
            watchdog.close();
            throw unreadable;
        }
        this.context = made;
        try {
            check(avformat_find_stream_info(context, (AVDictionary) null));
            this.videoIndex = av_find_best_stream(context, AVMEDIA_TYPE_VIDEO, -1, -1, (AVCodec) null, 0);
            if (videoIndex < 0 || (context.streams(videoIndex).disposition() & AV_DISPOSITION_ATTACHED_PIC) != 0) {
                throw Failure.input(place.name() + " has no video; name a file or stream that has.");
            }
            this.video = context.streams(videoIndex);
            if (formatName().equals("tty")) {
                throw Failure.input(place.name() + " is text, not video; name a video file.");
            }
            if (place.sound()) {
                findSound();
            }
        } catch (RuntimeException e) {
            avformat_close_input(context);
            watchdog.close();
            throw e;
        }
        watchdog.allow(options.readLimit());
        this.readLimit = options.readLimit();
    }

    static Container open(Place place, SourceSpec.Options options) {
        return new Container(place, options);
    }

    private static @Nullable AVInputFormat inputFormat(Place place) {
        InputDevice device = place.device();
        if (device == null) {
            return null;
        }
        avdevice_register_all();
        AVInputFormat found = av_find_input_format(device.format());
        if (found == null || found.isNull()) {
            throw Failure.device("FFmpeg here has no " + device.format() + ", which " + place.name() + " needs.");
        }
        return found;
    }

    private static AVDictionary settings(Place place, SourceSpec.Options options) {
        AVDictionary settings = new AVDictionary(null);
        if (place.device() != null) {
            place.device().settings().forEach((key, value) -> av_dict_set(settings, key, value, 0));
        }
        if (place.url().startsWith("rtsp:")) {
            av_dict_set(settings, "rtsp_transport", "tcp", 0);
        }
        if (place.remote() && !place.url().startsWith("pipe:")) {
            // the watchdog keeps each limit; this one only makes sure that a socket comes back at all
            long longest = Math.max(
                    options.connectLimit().toNanos(), options.readLimit().toNanos());
            av_dict_set(settings, "rw_timeout", Long.toString(longest / 1000), 0);
        }
        return settings;
    }

    private void check(int error) {
        if (error < 0) {
            throw unreadable(error);
        }
    }

    /** Why it cannot be read, as a sentence. */
    Failure unreadable(int error) {
        if (watchdog.fired()) {
            return Failure.input(
                    place.name() + " did not answer in time; check the address, or raise --connect-limit.");
        }
        if (place.device() != null) {
            return Failure.device(place.name() + " cannot be taken (" + Ffmpeg.reason(error)
                    + "); check its name, and that this program may use it.");
        }
        return Failure.input(place.name() + " cannot be read as video (" + Ffmpeg.reason(error)
                + "); play it in another program to check it.");
    }

    /** Why reading stopped before the end. */
    String brokenOff(int error) {
        return watchdog.fired() ? "nothing came for " + readLimit.toMillis() / 1000.0 + " s" : Ffmpeg.reason(error);
    }

    private void findSound() {
        for (int i = 0; i < context.nb_streams(); i++) {
            AVCodecParameters parameters = context.streams(i).codecpar();
            if (parameters.codec_type() == AVMEDIA_TYPE_AUDIO) {
                SoundTrack track = new SoundTrack(
                        sound.size(),
                        avcodec_get_name(parameters.codec_id()).getString(),
                        parameters.address(),
                        Ffmpeg.rational(context.streams(i).time_base(), Rational.ONE));
                sound.add(track);
                soundByStream.put(i, track);
            }
        }
    }

    private String formatName() {
        return context.iformat().name().getString();
    }

    String name() {
        return place.name();
    }

    /** Paced by the world. */
    boolean live() {
        return place.live();
    }

    /** The demuxer's context; every read must end before the limit that this call sets anew. */
    AVFormatContext context() {
        if (place.remote()) {
            watchdog.allow(readLimit);
        }
        return context;
    }

    AVStream video() {
        return video;
    }

    int videoIndex() {
        return videoIndex;
    }

    /** {@code h264 in yuv420p, 1280×720}. */
    String coding() {
        AVCodecParameters parameters = video.codecpar();
        BytePointer layout = av_get_pix_fmt_name(parameters.format());
        return avcodec_get_name(parameters.codec_id()).getString()
                + (layout == null || layout.isNull() ? "" : " in " + layout.getString()) + ", " + parameters.width()
                + "×"
                + parameters.height();
    }

    boolean stills() {
        String name = formatName();
        return name.endsWith("_pipe") || name.equals("image2");
    }

    boolean seekable() {
        return !place.remote() && !stills();
    }

    Rational videoTimeBase() {
        return Ffmpeg.rational(video.time_base(), new Rational(1, 1_000_000));
    }

    Rational frameRate() {
        AVRational rate = av_guess_frame_rate(context, video, null);
        AVRational average = video.avg_frame_rate();
        return Ffmpeg.rational(average, Ffmpeg.rational(rate, new Rational(25, 1)));
    }

    AVRational pixelAspect(AVFrame first) {
        AVRational own = first.sample_aspect_ratio();
        return own.num() > 0 ? own : video.sample_aspect_ratio();
    }

    /** Length in ns, or −1. */
    long durationNanos() {
        if (video.duration() != AV_NOPTS_VALUE && video.duration() > 0) {
            return videoTimeBase().toNanos(video.duration());
        }
        return context.duration() == AV_NOPTS_VALUE || context.duration() < 0 || stills()
                ? -1
                : context.duration() * 1000;
    }

    /** Where the container's time begins, µs. */
    long startMicros() {
        return context.start_time() == AV_NOPTS_VALUE ? 0 : context.start_time();
    }

    /**
     * The video's tick that counts as time 0: the container's start, so that sound and pictures keep their distance, or the
     * first picture where the container knows no start.
     */
    long startTicks(long firstPicture) {
        long first = firstPicture == AV_NOPTS_VALUE ? 0 : firstPicture;
        if (context.start_time() == AV_NOPTS_VALUE) {
            return first;
        }
        long ticks = videoTimeBase().toTicks(context.start_time() * 1000);
        // start_time is in µs: a picture that begins the file may miss it by rounding
        return Math.abs(ticks - first) <= 1 ? first : Math.min(ticks, first);
    }

    /** Length that the file's own header states, ns; −1 when it was guessed or is not stated. */
    long statedNanos() {
        boolean stated = context.duration_estimation_method() == AVFMT_DURATION_FROM_STREAM;
        return stated && context.duration() > 0 && !stills() ? context.duration() * 1000 : -1;
    }

    /** True for containers such as MPEG-TS, whose clock may jump at any time and means nothing by it. */
    boolean jumpy() {
        return (context.iformat().flags() & AVFMT_TS_DISCONT) != 0;
    }

    /** Packets of video that the index promises; 0 when there is no index. */
    long promisedPackets() {
        return formatName().contains("mp4") ? video.nb_frames() : 0;
    }

    Rotation rotation(AVFrame first) {
        AVFrameSideData onFrame = av_frame_get_side_data(first, AV_FRAME_DATA_DISPLAYMATRIX);
        if (onFrame != null && !onFrame.isNull()) {
            return rotation(onFrame.data());
        }
        AVCodecParameters parameters = video.codecpar();
        AVPacketSideData side = av_packet_side_data_get(
                parameters.coded_side_data(), parameters.nb_coded_side_data(), AV_PKT_DATA_DISPLAYMATRIX);
        return side == null || side.isNull() ? Rotation.UPRIGHT : rotation(side.data());
    }

    private static Rotation rotation(BytePointer data) {
        IntPointer m = new IntPointer(data);
        return Rotation.of(m.get(0), m.get(1), m.get(3), m.get(4));
    }

    List<SoundTrack> sound() {
        return sound;
    }

    @Nullable SoundTrack soundOf(int stream) {
        return sound.isEmpty() ? null : soundByStream.get(stream);
    }

    Map<String, String> metadata() {
        Map<String, String> tags = new HashMap<>();
        AVDictionaryEntry entry = null;
        while ((entry = av_dict_iterate(context.metadata(), entry)) != null && !entry.isNull()) {
            tags.put(entry.key().getString(), entry.value().getString());
        }
        return tags;
    }

    @Override
    public void close() {
        avformat_close_input(context);
        watchdog.close();
    }
}
