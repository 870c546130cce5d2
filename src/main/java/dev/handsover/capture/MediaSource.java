package dev.handsover.capture;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_clone;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avformat.AVSEEK_FLAG_BACKWARD;
import static org.bytedeco.ffmpeg.global.avformat.av_seek_frame;
import static org.bytedeco.ffmpeg.global.avutil.AV_NOPTS_VALUE;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundPacket;
import dev.handsover.frame.SoundTrack;
import dev.handsover.frame.StreamFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.bytedeco.ffmpeg.avcodec.AVPacket;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.jspecify.annotations.Nullable;

/**
 * Everything that FFmpeg demuxes and decodes: files, addresses, standard input, single pictures. The first picture is
 * decoded at open, since only pixels tell the truth about a stream. Long, since packets, pictures, times and cuts of a stream
 * share their state from one picture to the next.
 */
final class MediaSource implements Source {
    private final ReadTimes times = new ReadTimes();
    private final Container container;
    private final SourceSpec.Options options;
    private final PictureReader reader;
    private final AVFrame decoded = av_frame_alloc();
    private final AVFrame converted = av_frame_alloc();
    private final SoundRelay relay = new SoundRelay();
    private final Normalizer normalizer;
    private final DecodedFrames frames;
    private final StreamFormat format;
    private final Rational decodedBase;
    private final long originTicks;
    private final long originNanos;
    private final long endNanos;
    private @Nullable List<Early> early = new ArrayList<>();
    /** Who decodes, for people; empty where nobody asked. */
    private String decoding = "";

    private volatile boolean reading;
    /** {@link #decoded} holds a picture that waits its turn. */
    private boolean pending = true;

    private boolean ended;
    private long sequence;
    private long lastNanos = -1;
    private long mended;

    /** @param decoder of its way only whether a card is to decode; throws its {@code Refusal} when it does not */
    private MediaSource(Container container, SourceSpec.Options options, Target wanted, DecoderWish decoder) {
        this.container = container;
        this.options = options;
        PictureReader opened = null;
        Normalizer ready = null;
        try {
            refuseGiants(
                    container.video().codecpar().width(),
                    container.video().codecpar().height());
            opened = new PictureReader(container, this::hear, times, decoder);
            this.reader = opened;
            seek();
            boolean any = reader.next(decoded);
            if (decoder.onCard() && !reader.onCard()) {
                throw CardDecoding.Refusal.ofCoding("the card does not decode " + container.coding());
            }
            if (!any) {
                throw nothing();
            }
            this.decodedBase = container.videoTimeBase();
            long start = options.start() == null ? 0 : options.start().toNanos();
            long first = container.startTicks(decoded.best_effort_timestamp());
            this.originTicks = first + decodedBase.toTicks(start);
            this.originNanos = decodedBase.toNanos(originTicks);
            this.endNanos =
                    options.end() == null ? Long.MAX_VALUE : options.end().toNanos() - start;
            Rational aspect = Ffmpeg.rational(container.pixelAspect(decoded), Rational.ONE);
            refuseGiants(decoded.width(), decoded.height());
            ready = new Normalizer(decoded, wish(container, decoded, options, wanted), aspect, decodedBase);
            this.normalizer = ready;
            this.frames = new DecodedFrames(normalizer.target());
            this.format = describe();
        } catch (RuntimeException e) {
            if (ready != null) {
                ready.close();
            }
            if (opened != null) {
                opened.close();
            }
            av_frame_free(decoded);
            av_frame_free(converted);
            container.close();
            throw e;
        }
    }

    private record Early(AVPacket packet, SoundTrack track) {}

    /**
     * What the reader shall deliver beyond the stream as it is: for layers.
     *
     * @param canvas the exact format, or null for the stream's own
     * @param alpha keeps coverage
     */
    record Target(@Nullable PictureFormat canvas, Fit fit, boolean alpha) {
        static final Target NATURAL = new Target(null, Fit.STRETCH, false);
    }

    /** Opens a file, an address or {@code pipe:0}; the processor decodes. */
    static MediaSource open(Container.Place place, SourceSpec.Options options, Target wanted) {
        return new MediaSource(Container.open(place, options), options, wanted, DecoderWish.SOFTWARE);
    }

    /**
     * Opens a file as it is.
     *
     * @param decoding who decodes, for people
     */
    static MediaSource open(Container.Place place, SourceSpec.Options options, DecoderWish decoder, String decoding) {
        MediaSource made = new MediaSource(Container.open(place, options), options, Target.NATURAL, decoder);
        made.decoding = decoding;
        return made;
    }

    private static Conversion.Wish wish(Container container, AVFrame first, SourceSpec.Options options, Target wanted) {
        return new Conversion.Wish(
                container.rotation(first),
                container.stills(),
                wanted.alpha(),
                wanted.canvas(),
                wanted.fit(),
                options.fps());
    }

    private Failure nothing() {
        String name = container.name();
        if (ImageFiles.animatedWebp(name)) {
            return Failure.input(
                    name + " is an animated WebP, which cannot be read here; convert it to GIF, APNG or WebM.");
        }
        if (container.stills()) {
            return Failure.input(name + " is no picture that can be read: it is damaged, or something else under a"
                    + " picture's name.");
        }
        return reader.lost() > 0
                ? Failure.input(name + " holds video, but not one frame of it could be decoded: it is damaged.")
                : Failure.input(name + " holds no frames; play it in another program to check it.");
    }

    private void refuseGiants(int width, int height) {
        long pixels = (long) width * height;
        if (pixels > options.maxPixels()) {
            throw Failure.input(container.name() + " has pictures of " + width + "×" + height + ", more than "
                    + options.maxPixels() + " pixels; raise --max-pixels to process it.");
        }
    }

    private StreamFormat describe() {
        Rational rate = options.fps() != null ? options.fps() : container.frameRate();
        Rational base = options.fps() != null ? rate.inverse() : decodedBase;
        long duration = container.durationNanos();
        if (duration >= 0) {
            long start = options.start() == null ? 0 : options.start().toNanos();
            duration = Math.max(0, Math.min(duration - start, endNanos));
        }
        long count = container.stills() ? 1 : duration < 0 ? -1 : Math.round(duration / 1e9 * rate.value());
        if (options.frames() > 0) {
            count = count < 0 ? options.frames() : Math.min(count, options.frames());
        }
        return new StreamFormat(
                normalizer.target(),
                base,
                rate,
                duration,
                count,
                container.live(),
                container.stills(),
                container.sound(),
                container.metadata());
    }

    private void seek() {
        Duration start = options.start();
        if (start != null && !start.isZero() && container.seekable()) {
            // a keyframe before the start: decoding must begin there
            av_seek_frame(
                    container.context(), -1, container.startMicros() + start.toNanos() / 1000, AVSEEK_FLAG_BACKWARD);
        }
    }

    @Override
    public StreamFormat format() {
        return format;
    }

    @Override
    public ReadTimes times() {
        return times;
    }

    @Override
    public void onSound(Consumer<SoundPacket> consumer) {
        relay.consumer(consumer);
        List<Early> waiting = early;
        early = null;
        if (waiting != null) {
            for (Early each : waiting) {
                relay.offer(each.packet(), each.track(), originNanos, endNanos);
                av_packet_free(each.packet());
            }
        }
    }

    @Override
    public @Nullable Frame read() throws InterruptedException {
        reading = true;
        times.begin();
        try {
            return readNext();
        } finally {
            reading = false;
        }
    }

    private @Nullable Frame readNext() throws InterruptedException {
        while (!ended) {
            if (options.frames() > 0 && sequence >= options.frames()) {
                break;
            }
            Frame frame = next();
            if (frame == null) {
                break;
            }
            if (frame.timeNanos() >= endNanos) {
                frame.recycle();
                break;
            }
            return frame;
        }
        if (!ended) {
            ended = true;
            if (options.start() == null) {
                reader.checkWhole();
            }
            hearTheRest();
        }
        return null;
    }

    /** Of pictures that were cut off at the end, the sound may not be read yet. */
    private void hearTheRest() {
        if (lastNanos >= 0 && !reader.ended()) {
            reader.hearUntil(originNanos + Math.min(endNanos, lastNanos + frameNanos()));
        }
    }

    /** One picture in presentation order; null at the stream's end. */
    private @Nullable Frame next() throws InterruptedException {
        while (true) {
            long begun = System.nanoTime();
            boolean pulled = normalizer.pull(converted);
            if (pulled) {
                times.convertedSince(begun);
                Rational base = normalizer.timeBase();
                Frame frame =
                        wrap(converted, base.toNanos(converted.pts()), base.toNanos(Math.max(0, converted.duration())));
                if (frame != null) {
                    return frame;
                }
                continue;
            }
            if (reader.ended() && !pending) {
                return null;
            }
            if (pending || reader.next(decoded)) {
                pending = false;
                refuseGiants(decoded.width(), decoded.height());
                if (normalizer.mustEmptyFor(decoded)) {
                    pending = true;
                    continue;
                }
                long at = decoded.best_effort_timestamp();
                // counted from the origin before any filter, so that --fps has its grid there too
                decoded.pts(at == AV_NOPTS_VALUE ? guessTicks() : at - originTicks);
                begun = System.nanoTime();
                boolean whole = normalizer.push(decoded);
                if (!whole) {
                    times.convertedSince(begun);
                }
                if (whole) {
                    long nanos = decodedBase.toNanos(decoded.pts());
                    Frame frame = wrap(decoded, nanos, decodedBase.toNanos(Math.max(0, decoded.duration())));
                    if (frame != null) {
                        return frame;
                    }
                }
            } else {
                normalizer.end();
            }
        }
    }

    private long guessTicks() {
        return decodedBase.toTicks(lastNanos < 0 ? 0 : lastNanos + frameNanos());
    }

    private long frameNanos() {
        return Math.round(1e9 / container.frameRate().value());
    }

    /** Null when the picture lies before the start and is dropped. */
    private @Nullable Frame wrap(AVFrame picture, long nanos, long duration) throws InterruptedException {
        if (nanos < 0 && options.start() != null) {
            av_frame_unref(picture);
            return null;
        }
        long time = nanos;
        if (time <= lastNanos) {
            // at least one tick on, or the encoder would refuse the frame
            time = lastNanos + Math.max(format.timeBase().toNanos(1), 1000);
            mended++;
        }
        lastNanos = time;
        Frame frame = frames.wrap(picture, sequence++, time, duration > 0 ? duration : frameNanos());
        frame.captured(container.live() ? System.nanoTime() : 0);
        return frame;
    }

    /** Sound that comes before the first picture waits until somebody listens and the origin of time is known. */
    private void hear(AVPacket packet, SoundTrack track) {
        List<Early> waiting = early;
        if (waiting == null) {
            relay.offer(packet, track, originNanos, endNanos);
        } else {
            waiting.add(new Early(av_packet_clone(packet), track));
        }
    }

    @Override
    public List<String> report() {
        List<String> lines = new ArrayList<>();
        if (!decoding.isEmpty()) {
            lines.add(decoding);
        }
        lines.addAll(reader.notes());
        lines.addAll(normalizer.notes());
        if (mended > 0) {
            lines.add(mended + " time stamps stood still or went back and were moved on.");
        }
        return lines;
    }

    @Override
    public long lost() {
        return reader.lost();
    }

    /** While another thread waits in {@link #read}, for instance for standard input, nothing can be freed. */
    @Override
    public void close() {
        if (reading) {
            return;
        }
        frames.close();
        relay.close();
        normalizer.close();
        reader.close();
        av_frame_free(decoded);
        av_frame_free(converted);
        container.close();
    }
}
