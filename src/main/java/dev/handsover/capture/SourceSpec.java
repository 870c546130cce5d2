package dev.handsover.capture;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Rational;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Where frames are to come from, parsed from one argument; nothing is opened yet. */
public sealed interface SourceSpec {
    /** A video file of any container. */
    record Video(Path path) implements SourceSpec {}

    /** One still image, a folder, a numbered sequence ({@code shot_%04d.png}) or a glob. */
    record Images(String pattern) implements SourceSpec {}

    /** {@code http(s)://}, {@code rtsp://}, {@code udp://}, {@code tcp://}, {@code srt://}. */
    record Network(String url) implements SourceSpec {}

    /** Y4M or any streamable container on standard input. */
    record Stdin() implements SourceSpec {}

    /** A synthetic, deterministic source. */
    record Pattern(Kind kind, int width, int height, int frames, int fps, long seed) implements SourceSpec {
        public enum Kind {
            HANDS,
            BARS,
            CLOCK
        }
    }

    /** What holds for any source. */
    record Options(
            @Nullable Duration start,
            @Nullable Duration end,
            long frames,
            @Nullable Rational fps,
            long maxPixels,
            Duration connectLimit,
            Duration readLimit) {}

    /** Reads one argument; throws a usage {@code Failure} that lists the forms when it fits none. */
    static SourceSpec parse(String argument) {
        throw Failure.usage("not yet: " + argument);
    }

    /** Opens it. Throws an input {@code Failure} in one sentence when it cannot be read as frames. */
    default Source open(Options options) {
        throw new UnsupportedOperationException();
    }
}
