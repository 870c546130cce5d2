package dev.handsover.capture;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Rational;
import dev.handsover.frame.StreamFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Pictures of a folder, sequence or glob as the frames of one stream, all brought to the first one's size. */
final class ImageSource implements Source {
    /** A reader lends its memory to its frame: as many as frames can be under way, and a few. */
    private static final int MOST_OPEN = 16;

    private static final Rational USUAL_RATE = new Rational(25, 1);
    private final List<Path> files;
    private final SourceSpec.Options options;
    private final StreamFormat format;
    private final List<String> notes = new ArrayList<>();
    /** Kept open until every frame came back, since a frame's pixels are its reader's. */
    private final List<MediaSource> open = new ArrayList<>();

    private int next;
    private long sequence;
    private long lost;

    private ImageSource(List<Path> files, SourceSpec.Options options, StreamFormat first) {
        this.files = files;
        this.options = options;
        Rational rate = options.fps() == null ? USUAL_RATE : options.fps();
        long count = options.frames() > 0 ? Math.min(options.frames(), files.size()) : files.size();
        Rational base = rate.inverse();
        this.format = new StreamFormat(
                first.picture(), base, rate, base.toNanos(count), count, false, true, List.of(), first.metadata());
    }

    static ImageSource open(String pattern, SourceSpec.Options options) {
        List<Path> files = ImageFiles.list(pattern);
        Failure last = Failure.input("There are no pictures in " + pattern + ".");
        for (Path file : files) {
            try (MediaSource first = read(file, MediaSource.Target.NATURAL, options)) {
                return new ImageSource(files, options, first.format());
            } catch (Failure e) {
                last = e;
            }
        }
        throw last;
    }

    private static MediaSource read(Path file, MediaSource.Target target, SourceSpec.Options options) {
        SourceSpec.Options plain = new SourceSpec.Options(
                null, null, 1, null, options.maxPixels(), options.connectLimit(), options.readLimit());
        return MediaSource.open(SourceSpec.file(file, false), plain, target);
    }

    @Override
    public StreamFormat format() {
        return format;
    }

    @Override
    public @Nullable Frame read() throws InterruptedException {
        while (next < files.size() && sequence < format.frames()) {
            Path file = files.get(next++);
            try {
                MediaSource picture = read(file, new MediaSource.Target(format.picture(), Fit.CONTAIN, false), options);
                open.add(picture);
                Frame frame = picture.read();
                if (frame == null) {
                    throw Failure.input(file + " holds no picture.");
                }
                Rational base = format.timeBase();
                frame.stamp(sequence, base.toNanos(sequence), base.toNanos(1));
                frame.name(file.getFileName().toString());
                sequence++;
                closeRead();
                return frame;
            } catch (Failure e) {
                lost++;
                notes.add(e.sentence());
            }
        }
        return null;
    }

    /** Closes readers whose frame must be back by now: no stage holds that many. */
    private void closeRead() {
        while (open.size() > MOST_OPEN) {
            open.removeFirst().close();
        }
    }

    @Override
    public List<String> report() {
        return notes;
    }

    @Override
    public long lost() {
        return lost;
    }

    @Override
    public void close() {
        open.forEach(MediaSource::close);
        open.clear();
    }
}
