package dev.handsover.sink;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_alloc;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_free;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Rational;
import dev.handsover.frame.SoundPacket;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import org.bytedeco.ffmpeg.avcodec.AVPacket;

/** Encodes every picture into a file of its own. */
abstract sealed class ImageSink implements Sink {
    private final PictureEncoder encoder;
    private final AVPacket packet = av_packet_alloc();
    private final boolean force;
    private final String label;
    private long count;

    private ImageSink(String label, String extension, Output.Job job) {
        Ffmpeg.load();
        this.label = label;
        this.force = job.force();
        String chosen = job.encoding().codec();
        String codec = chosen == null ? Output.imageCodec(extension, label) : chosen;
        this.encoder = new PictureEncoder(codec, job, job.encoding(), new Rational(1, 25), false);
    }

    /** Where picture {@code number}, counted from 0, goes. */
    abstract Path place(long number, Frame picture);

    @Override
    public void write(Frame picture) {
        TemporaryFile file = new TemporaryFile(place(count, picture), force);
        try (Claim _ = Claim.of(file.place())) {
            encoder.send(picture, count, 1);
            while (encoder.receive(packet)) {
                save(file);
                av_packet_unref(packet);
            }
        }
        encoder.release(picture);
        count++;
    }

    private void save(TemporaryFile file) {
        ByteBuffer bytes = packet.data().capacity(packet.size()).asByteBuffer();
        try {
            try (FileChannel channel = FileChannel.open(
                    file.path(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                while (bytes.hasRemaining()) {
                    channel.write(bytes);
                }
            }
            file.complete();
        } catch (IOException e) {
            file.delete();
            String message = String.valueOf(e.getMessage());
            throw Failure.output(
                    message.contains("No space")
                            ? "The disk is full after " + count
                                    + " pictures; those are whole. Free some space, then start" + " again."
                            : file.place() + " cannot be written: " + message + ".",
                    e);
        }
    }

    @Override
    public void sound(SoundPacket incoming) {
        // pictures are silent
    }

    @Override
    public void finish() {
        // every file was completed by itself
    }

    @Override
    public String describe() {
        return label;
    }

    @Override
    public List<String> notes() {
        return List.of();
    }

    @Override
    public void close() {
        encoder.close();
        av_packet_free(packet);
    }

    /** {@code out_%05d.png}, counted from 1. */
    static final class Sequence extends ImageSink {
        private final String pattern;
        private final Claim claim;

        Sequence(String pattern, Output.Job job) {
            super(pattern, Output.extension(pattern), job);
            this.pattern = pattern;
            new TemporaryFile(place(0), job.force());
            this.claim = Claim.of(Path.of(pattern));
        }

        @Override
        public void close() {
            super.close();
            claim.close();
        }

        private Path place(long number) {
            Matcher place = Output.NUMBER.matcher(pattern);
            String digits = Long.toString(number + 1);
            if (place.find()) {
                int width = place.group(1).isEmpty() ? 0 : Integer.parseInt(place.group(1));
                digits = "0".repeat(Math.max(0, width - digits.length())) + digits;
            }
            // only the number is replaced: any other percent sign belongs to the name
            return Path.of(place.replaceFirst(digits));
        }

        @Override
        Path place(long number, Frame picture) {
            return place(number);
        }
    }

    /** One picture. */
    static final class Single extends ImageSink {
        private final Path path;

        Single(Path path, Output.Job job) {
            super(path.toString(), Output.extension(path.toString()), job);
            this.path = path;
            new TemporaryFile(path, job.force());
            if (job.stream().frames() > 1) {
                throw tooMany(path);
            }
        }

        @Override
        Path place(long number, Frame picture) {
            if (number > 0) {
                throw tooMany(path);
            }
            return path;
        }

        private static Failure tooMany(Path path) {
            return Failure.usage(path + " holds one picture and the input has more; write a video, out_%05d.png, or add"
                    + " --frames 1.");
        }
    }

    /** A folder, each picture under the name that it came with, or its number. */
    static final class Folder extends ImageSink {
        private final Path folder;

        Folder(Path folder, Output.Job job) {
            super(folder + "/", "png", job);
            this.folder = folder;
            try {
                Files.createDirectories(folder);
            } catch (IOException e) {
                throw Failure.output("The folder " + folder + " cannot be made: " + e.getMessage() + ".", e);
            }
        }

        @Override
        Path place(long number, Frame picture) {
            String name = picture.name();
            String stem = name == null ? String.format(Locale.ROOT, "%06d", number + 1) : stem(name);
            return folder.resolve(stem + ".png");
        }

        private static String stem(String name) {
            int dot = name.lastIndexOf('.');
            return dot > 0 ? name.substring(0, dot) : name;
        }
    }
}
