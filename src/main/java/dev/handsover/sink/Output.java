package dev.handsover.sink;

import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.StreamFormat;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Where pictures are to go, parsed from one argument; nothing is opened yet. */
public sealed interface Output {
    /** A video file; the container by its extension. */
    record Video(Path path) implements Output {}

    /** {@code out_%05d.png}, or one image. */
    record Images(String pattern) implements Output {}

    /** A folder that gets one PNG for each image read, under the same name. */
    record Folder(Path path) implements Output {}

    /** Y4M or Matroska on standard output. */
    record Stdout(boolean matroska) implements Output {}

    /** Nowhere: for measuring. */
    record Null() implements Output {}

    /** How to encode, as ffmpeg names things; null or negative is "choose for me". */
    record Encoding(
            @Nullable String codec,
            int crf,
            long bitrate,
            @Nullable String preset,
            @Nullable String pixelFormat) {
        public static final Encoding AUTO = new Encoding(null, -1, -1, null, null);
    }

    /** Reads one argument; throws a usage {@code Failure} that lists the forms when it fits none. */
    static Output parse(String argument) {
        throw Failure.usage("not yet: " + argument);
    }

    /**
     * Opens it: probes encoders, makes the temporary file. Throws a usage or output {@code Failure} in one sentence.
     *
     * @param pictures format of every picture that will be written
     * @param stream of the source: frame rate, time base, sound tracks, metadata
     * @param gray the pictures are gray (a mask): chroma is 128 everywhere
     * @param force an existing file is replaced (at the end, by renaming)
     */
    default Sink open(PictureFormat pictures, StreamFormat stream, Encoding encoding, boolean gray, boolean force) {
        throw new UnsupportedOperationException();
    }
}
