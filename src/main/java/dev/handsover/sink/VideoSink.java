package dev.handsover.sink;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_rescale_ts;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_parameters_from_context;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_GLOBALHEADER;
import static org.bytedeco.ffmpeg.global.avformat.AVFMT_NOFILE;
import static org.bytedeco.ffmpeg.global.avformat.AVIO_FLAG_WRITE;
import static org.bytedeco.ffmpeg.global.avformat.av_interleaved_write_frame;
import static org.bytedeco.ffmpeg.global.avformat.av_write_trailer;
import static org.bytedeco.ffmpeg.global.avformat.avformat_alloc_output_context2;
import static org.bytedeco.ffmpeg.global.avformat.avformat_free_context;
import static org.bytedeco.ffmpeg.global.avformat.avformat_new_stream;
import static org.bytedeco.ffmpeg.global.avformat.avformat_write_header;
import static org.bytedeco.ffmpeg.global.avformat.avio_closep;
import static org.bytedeco.ffmpeg.global.avformat.avio_open2;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_free;
import static org.bytedeco.ffmpeg.global.avutil.av_dict_set;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.SoundTrack;
import dev.handsover.frame.StreamFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.bytedeco.ffmpeg.avcodec.AVCodec;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVIOContext;
import org.bytedeco.ffmpeg.avformat.AVIOInterruptCB;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avutil.AVDictionary;
import org.jspecify.annotations.Nullable;

/**
 * Encodes pictures into a container, with the source's sound beside them: a file, a pipe or an address. Long, since its ends (whole,
 * broken, on a full disk) all close the one native context, by what was opened and written before.
 */
final class VideoSink implements Sink {
    /** Two hours of video at 60 frames a second, for an index of unknown length. */
    private static final long UNKNOWN_FRAMES = 432_000;

    private static final String DRIFT =
            "The pictures come at a variable rate, which Y4M cannot tell: add --fps, or" + " write Matroska.";

    private final String name;
    private final @Nullable TemporaryFile file;
    private final AVFormatContext context;
    private final PictureEncoder encoder;
    private final AVStream video;
    /** By the track's number; tracks that cannot be carried are not there. */
    private final Map<Integer, SoundStream> sound = new TreeMap<>();

    private final List<String> notes = new ArrayList<>();
    private final AVPacket packet = av_packet_alloc();
    private final Rational base;
    private final long originNanos;
    private final boolean timeless;
    private boolean drifted;
    private final String codec;
    /** Without its index, written last, the file cannot be played. */
    private final boolean indexAtEnd;

    private long last = Long.MIN_VALUE;
    private long lastDuration;
    private long count;
    private boolean open;
    private boolean broken;
    /** When the muxer was called that is at work; 0: none is. */
    private volatile long writingSince;

    static VideoSink toFile(Path path, String container, Output.Job job) {
        TemporaryFile file = new TemporaryFile(path, job.force());
        return new VideoSink(path.toString(), container, "file:" + file.path(), file, job);
    }

    static VideoSink toPipe(String container, Output.Job job) {
        return new VideoSink("standard output", container, "pipe:1", null, job);
    }

    /** A stream that nobody needs to read; an address that cannot be reached is told at once. */
    static VideoSink toAddress(String url, String container, Output.Job job) {
        return new VideoSink(url, container, url, null, job);
    }

    private VideoSink(String name, String container, String url, @Nullable TemporaryFile file, Output.Job job) {
        Ffmpeg.load();
        this.name = name;
        this.file = file;
        // Y4M knows no time stamps: a picture is a tick
        this.timeless = container.equals("yuv4mpegpipe");
        this.base = timeless ? job.stream().frameRate().inverse() : job.stream().timeBase();
        this.originNanos = job.originNanos();
        this.codec = Encoders.choose(container, job);
        this.indexAtEnd = container.equals("mp4") || container.equals("mov");
        AVFormatContext made = new AVFormatContext(null);
        if (avformat_alloc_output_context2(made, null, container, url) < 0) {
            throw Failure.output("FFmpeg here cannot write " + container + "; choose another output.");
        }
        this.context = made;
        PictureFormat fitted = PictureEncoder.fitted(codec, job.pictures());
        if (!fitted.equals(job.pictures())) {
            notes.add(name + ": " + codec + " holds even sizes only, so an odd last column or row is left out ("
                    + fitted.width() + "×" + fitted.height() + ").");
        }
        boolean headerApart = (context.oformat().flags() & AVFMT_GLOBALHEADER) != 0;
        this.encoder = new PictureEncoder(codec, job, job.encoding(), base, headerApart);
        if (encoder.ignoresPreset()) {
            notes.add(name + ": " + codec + " has no presets, so --preset changes nothing.");
        }
        try {
            this.video = describeVideo(job);
            List<SoundTrack> tracks = job.encoding().sound() ? job.stream().sound() : List.of();
            if (!timeless && !container.equals("webp")) {
                addSound(tracks, headerApart);
            } else if (!tracks.isEmpty()) {
                notes.add(name + ": this container carries no sound; it was left out.");
            }
            context.metadata(Ffmpeg.tags(job.stream().metadata()));
            openFile(url, container, job);
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    private AVStream describeVideo(Output.Job job) {
        AVStream stream = avformat_new_stream(context, (AVCodec) null);
        avcodec_parameters_from_context(stream.codecpar(), encoder.context());
        stream.codecpar().codec_tag(0);
        stream.time_base(Ffmpeg.rational(base.num(), base.den()));
        Rational rate = job.stream().frameRate();
        stream.avg_frame_rate(Ffmpeg.rational(rate.num(), rate.den()));
        Rational aspect = job.pictures().pixelAspect();
        stream.sample_aspect_ratio(Ffmpeg.rational(aspect.num(), aspect.den()));
        if (job.pictures().alpha() && codec.startsWith("libvpx")) {
            stream.metadata(Ffmpeg.tags(Map.of("alpha_mode", "1")));
        }
        return stream;
    }

    private void addSound(List<SoundTrack> tracks, boolean headerApart) {
        for (SoundTrack track : tracks) {
            SoundStream stream = SoundStream.open(context, track, headerApart);
            if (stream == null) {
                notes.add(name + ": sound track " + (track.index() + 1) + " (" + track.codec()
                        + ") is left out: it can be neither copied nor decoded here.");
            } else {
                sound.put(track.index(), stream);
                stream.note().ifPresent(line -> notes.add(name + ": " + line));
            }
        }
    }

    /** About what the index of an MP4 file takes: 40 bytes a picture, and half as much again for each track of sound. */
    private static long indexBytes(StreamFormat stream) {
        long frames = stream.frames() < 0 ? UNKNOWN_FRAMES : stream.frames();
        return 65_536 + frames * (40 + 20L * stream.sound().size());
    }

    private void openFile(String url, String container, Output.Job job) {
        int error;
        if (file != null) {
            file.claim();
        }
        // the muxer of RTSP speaks to its server by itself
        if ((context.oformat().flags() & AVFMT_NOFILE) == 0) {
            AVIOContext io = new AVIOContext(null);
            error = avio_open2(io, url, AVIO_FLAG_WRITE, (AVIOInterruptCB) null, (AVDictionary) null);
            if (error < 0) {
                throw Failure.output(name + " cannot be written: " + Ffmpeg.reason(error) + ".");
            }
            context.pb(io);
            open = true;
        }
        if (file != null && indexAtEnd) {
            file.reserve(indexBytes(job.stream()));
        }
        AVDictionary options = new AVDictionary(null);
        if (container.equals("webp")) {
            av_dict_set(options, "loop", "0", 0);
        } else if (indexAtEnd) {
            av_dict_set(options, "movflags", "+write_colr", 0);
        }
        error = avformat_write_header(context, options);
        av_dict_free(options);
        if (error < 0) {
            broken = true;
            throw file == null && url.contains("://")
                    ? Failure.output(name + " does not take the stream: " + Ffmpeg.reason(error) + ".")
                    : Failure.usage(name + " cannot hold " + codec + " (" + Ffmpeg.reason(error)
                            + "); choose another container or --codec.");
        }
    }

    @Override
    public void write(Frame picture) {
        long time = picture.timeNanos() - originNanos;
        long ticks = Math.max(base.toTicks(time), count == 0 ? Long.MIN_VALUE : last + 1);
        if (timeless) {
            drifted |= Math.abs(ticks - count) > 1;
            ticks = count;
        }
        lastDuration = Math.max(1, base.toTicks(time + picture.durationNanos()) - ticks);
        last = ticks;
        encoder.send(picture, ticks, lastDuration);
        count++;
        receive();
        encoder.release(picture);
    }

    private void receive() {
        while (encoder.receive(packet)) {
            if (packet.duration() == 0) {
                packet.duration(lastDuration);
            }
            packet.stream_index(video.index());
            av_packet_rescale_ts(packet, encoder.context().time_base(), video.time_base());
            mux(packet);
        }
    }

    private void mux(AVPacket ready) {
        writingSince = System.nanoTime();
        int error = av_interleaved_write_frame(context, ready);
        writingSince = 0;
        if (error >= 0 && open && context.pb().error() < 0) {
            error = context.pb().error();
        }
        if (error >= 0) {
            return;
        }
        if (error == Ffmpeg.NO_SPACE) {
            throw full();
        }
        broken = true;
        throw Failure.output(
                error == Ffmpeg.BROKEN_PIPE
                        ? "The reader of " + name + " left after " + count + " pictures."
                        : name + " could not be written further (" + Ffmpeg.reason(error) + ").");
    }

    /** Closes the file with the space that was kept for its index. */
    private Failure full() {
        broken = true;
        if (file == null) {
            return Failure.output(name + " leads to a full disk; free some space, then start again.");
        }
        file.giveReserve();
        if (open && indexAtEnd) {
            context.pb().error(0);
            av_write_trailer(context);
            avio_closep(context.pb());
            open = false;
        }
        if (file.isEmpty()) {
            file.delete();
            return Failure.output(
                    "The disk is full: nothing of " + name + " could be written. Free some space, then start again.");
        }
        return Failure.output("The disk is full after " + count + " pictures; what fitted can be played from "
                + file.path() + ". Free some space, then start again.");
    }

    @Override
    public void sound(SoundPacket incoming) {
        SoundStream stream = sound.get(incoming.track());
        if (stream != null) {
            stream.write(incoming, originNanos, this::mux);
        }
    }

    @Override
    public long waitingSince() {
        return file == null ? writingSince : 0;
    }

    @Override
    public void finish() {
        if (broken) {
            return;
        }
        encoder.end();
        receive();
        sound.values().forEach(stream -> stream.finish(this::mux));
        if (file != null) {
            file.giveReserve();
        }
        writingSince = System.nanoTime();
        int error = av_write_trailer(context);
        int closed = open ? avio_closep(context.pb()) : 0;
        writingSince = 0;
        open = false;
        if (error == Ffmpeg.NO_SPACE || closed == Ffmpeg.NO_SPACE) {
            throw full();
        }
        if (error < 0 || closed < 0) {
            broken = true;
            throw Failure.output(name + " could not be completed (" + Ffmpeg.reason(Math.min(error, closed)) + ")"
                    + (file == null ? "." : "; what fitted is in " + file.path() + "."));
        }
        if (file != null && count == 0) {
            file.delete();
        } else if (file != null) {
            file.complete();
        }
    }

    @Override
    public String describe() {
        String tracks = sound.isEmpty()
                ? ""
                : ", sound "
                        + String.join(
                                ", ",
                                sound.values().stream()
                                        .map(SoundStream::describe)
                                        .toList());
        return name + " (" + codec + tracks + ")";
    }

    @Override
    public List<String> notes() {
        return drifted ? Stream.concat(notes.stream(), Stream.of(DRIFT)).toList() : notes;
    }

    /** After a failure the temporary file is left when it holds pictures. */
    @Override
    public void close() {
        boolean unfinished = open;
        if (unfinished) {
            avio_closep(context.pb());
            open = false;
        }
        encoder.close();
        sound.values().forEach(SoundStream::close);
        av_packet_free(packet);
        avformat_free_context(context);
        if (file != null) {
            file.close(unfinished && count == 0);
        }
    }
}
