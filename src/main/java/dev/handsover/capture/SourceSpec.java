package dev.handsover.capture;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Rational;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where frames are to come from, parsed from one argument; nothing is opened yet. */
public sealed interface SourceSpec {
    /** A video file of any container, or one picture. */
    record Video(Path path) implements SourceSpec {}

    /** A folder, a numbered sequence ({@code shot_%04d.png}) or a glob ({@code *.jpg}). */
    record Images(String pattern) implements SourceSpec {}

    /** {@code http(s)://}, {@code rtsp://}, {@code udp://}, {@code tcp://}, {@code srt://}. */
    record Network(String url) implements SourceSpec {}

    /**
     * A camera.
     *
     * @param camera empty for the first that is free, a number, a device's path, or a part of a name in any case
     */
    record Webcam(String camera) implements SourceSpec {}

    /** A screen, or a part of it from x, y on; a width of 0 is all of it. */
    record Screen(int x, int y, int width, int height) implements SourceSpec {
        public Screen {
            if (x < 0 || y < 0 || width < 0 || height < 0 || (width == 0) != (height == 0)) {
                throw Failure.usage("A part of the screen is screen:X,Y,WIDTH,HEIGHT, e.g. screen:0,0,1280,720.");
            }
        }

        static Screen parse(String text) {
            if (text.isEmpty()) {
                return new Screen(0, 0, 0, 0);
            }
            if (!text.matches("\\d{1,5}(,\\d{1,5}){3}")) {
                throw Failure.usage("\"screen:" + text + "\" is wrong; write screen:X,Y,WIDTH,HEIGHT.");
            }
            String[] numbers = text.split(",");
            return new Screen(
                    Integer.parseInt(numbers[0]),
                    Integer.parseInt(numbers[1]),
                    Integer.parseInt(numbers[2]),
                    Integer.parseInt(numbers[3]));
        }
    }

    /**
     * Something else as if it were a camera: recordings at the pace of their time stamps, addresses that are taken up again
     * when they break off. Cameras and screens need no such thing.
     *
     * @param loop a recording begins anew at its end, without its sound
     */
    record Live(SourceSpec what, boolean loop) implements SourceSpec {}

    /** Y4M or any streamable container on standard input. */
    record Stdin() implements SourceSpec {}

    /** The program itself; opened as many times as it is asked for. */
    record Program(Supplier<Source> source) implements SourceSpec {}

    /** A synthetic, deterministic source; {@code live} paces it by the clock, and frames that nobody takes are lost. */
    record Pattern(Kind kind, int width, int height, int frames, int fps, long seed, boolean live)
            implements SourceSpec {
        /** What it shows. */
        public enum Kind {
            HANDS,
            BARS,
            CLOCK
        }

        public Pattern {
            if (width < 16 || height < 16 || width > 8192 || height > 8192 || frames < 1 || fps < 1 || fps > 1000) {
                throw Failure.usage(
                        "A pattern takes a size from 16x16 to 8192x8192, frames above 0 and fps up to 1000.");
            }
        }

        private static final int USUAL_FRAMES = 300;

        /** {@code hands?size=1280x720&frames=300&fps=30&seed=1}; {@code live=1} paces it like a camera, without end. */
        static Pattern parse(String text) {
            int mark = text.indexOf('?');
            String name = mark < 0 ? text : text.substring(0, mark);
            int[] size = {1280, 720};
            int frames = -1;
            int fps = 30;
            long seed = 1;
            boolean live = false;
            for (String pair :
                    mark < 0 ? new String[0] : text.substring(mark + 1).split("&")) {
                String[] parts = pair.split("=", 2);
                String value = parts.length == 2 ? parts[1] : "";
                try {
                    switch (parts[0]) {
                        case "size" -> {
                            String[] sides = value.split("x", 2);
                            size = new int[] {Integer.parseInt(sides[0]), Integer.parseInt(sides[1])};
                        }
                        case "frames" -> frames = Integer.parseInt(value);
                        case "fps" -> fps = Integer.parseInt(value);
                        case "seed" -> seed = Long.parseLong(value);
                        case "live" -> live = value.equals("1");
                        default -> throw new NumberFormatException();
                    }
                } catch (NumberFormatException | ArrayIndexOutOfBoundsException e) {
                    throw Failure.usage("\"" + pair + "\" is wrong in pattern:" + text
                            + "; write pattern:hands?size=1280x720&frames=300&fps=30&seed=1.");
                }
            }
            for (Kind kind : Kind.values()) {
                if (kind.name().toLowerCase(Locale.ROOT).equals(name)) {
                    int length = frames != -1 ? frames : live ? Integer.MAX_VALUE : USUAL_FRAMES;
                    return new Pattern(kind, size[0], size[1], length, fps, seed, live);
                }
            }
            throw Failure.usage("There is no pattern \"" + name + "\"; there are hands, bars and clock.");
        }
    }

    /**
     * What holds for any source.
     *
     * @param start frames before are left out
     * @param end frames from there on are left out
     * @param frames at most so many; 0 is all
     * @param fps by repeating and leaving out; null keeps the times
     * @param maxPixels larger pictures are refused
     * @param camera how a camera or screen is to be taken
     * @param decoder who decodes recordings
     */
    record Options(
            @Nullable Duration start,
            @Nullable Duration end,
            long frames,
            @Nullable Rational fps,
            long maxPixels,
            Duration connectLimit,
            Duration readLimit,
            CameraWish camera,
            DecoderWish decoder) {
        /** With any camera as it is; the processor decodes. */
        public Options(
                @Nullable Duration start,
                @Nullable Duration end,
                long frames,
                @Nullable Rational fps,
                long maxPixels,
                Duration connectLimit,
                Duration readLimit) {
            this(start, end, frames, fps, maxPixels, connectLimit, readLimit, CameraWish.ANY, DecoderWish.SOFTWARE);
        }

        public Options with(CameraWish newCamera, DecoderWish newDecoder) {
            return new Options(start, end, frames, fps, maxPixels, connectLimit, readLimit, newCamera, newDecoder);
        }

        /** The same without an end after so many frames. */
        public Options uncounted() {
            return new Options(start, end, 0, fps, maxPixels, connectLimit, readLimit, camera, decoder);
        }

        /** One opening of many: the count and the rate are somebody else's. */
        Options endless() {
            return new Options(null, null, 0, null, maxPixels, connectLimit, readLimit, camera, decoder);
        }

        public static final Options ALL =
                new Options(null, null, 0, null, 40_000_000, Duration.ofSeconds(10), Duration.ofSeconds(10));
    }

    /** Reads one argument; throws a usage {@code Failure} when it fits no form. */
    static SourceSpec parse(String argument) {
        if (argument.isBlank()) {
            throw Failure.usage("The input has no name; name a video, a picture, a folder or an address.");
        }
        if (argument.equals("-")) {
            return new Stdin();
        }
        if (argument.equals("webcam") || argument.startsWith("webcam:")) {
            return new Webcam(argument.substring(Math.min(argument.length(), "webcam:".length())));
        }
        if (argument.equals("screen") || argument.startsWith("screen:")) {
            return Screen.parse(argument.substring(Math.min(argument.length(), "screen:".length())));
        }
        if (argument.startsWith("pattern:")) {
            return Pattern.parse(argument.substring("pattern:".length()));
        }
        if (argument.matches("(https?|rtsp|rtmp|udp|tcp|srt|rtp)://.*")) {
            return new Network(argument);
        }
        boolean sequence = argument.matches(".*%0?\\d*d.*") || argument.contains("*");
        if (sequence && !Files.exists(Path.of(argument.replace('*', '_'))) || Files.isDirectory(Path.of(argument))) {
            return new Images(argument);
        }
        return new Video(Path.of(argument));
    }

    /** Reads one argument as something live; {@code clip.mp4?loop} begins anew at its end. */
    static SourceSpec parseLive(String argument) {
        boolean loop = argument.endsWith("?loop");
        SourceSpec what = parse(loop ? argument.substring(0, argument.length() - "?loop".length()) : argument);
        return switch (what) {
            case Webcam camera -> camera;
            case Screen screen -> screen;
            case Live live -> live;
            case Pattern p -> new Pattern(p.kind(), p.width(), p.height(), p.frames(), p.fps(), p.seed(), true);
            default -> new Live(what, loop);
        };
    }

    /** Opens it. Throws an input {@code Failure} in one sentence when it cannot be read as frames. */
    default Source open(Options options) {
        if (options.decoder().required() && !recording()) {
            throw Failure.usage("--decoder cuda is for recordings alone; leave it out, or take --decoder auto.");
        }
        return open(options, true);
    }

    /** Whether there may be something for a card to decode. */
    private boolean recording() {
        return this instanceof Video || this instanceof Live(SourceSpec what, boolean _) && what.recording();
    }

    /** Paced by the world: what is lost is lost, and is no fault of the input's. */
    default boolean live() {
        return switch (this) {
            case Webcam w -> true;
            case Screen s -> true;
            case Live l -> true;
            case Pattern pattern -> pattern.live();
            case Video v -> false;
            case Images i -> false;
            case Network n -> false;
            case Stdin s -> false;
            case Program p -> false;
        };
    }

    /** Opens it, with or without its sound. */
    private Source open(Options options, boolean sound) {
        return switch (this) {
            case Video(Path path) -> Recording.open(file(path, sound), options);
            case Images(String pattern) -> ImageSource.open(pattern, options);
            case Network(String url) ->
                MediaSource.open(new Container.Place(url, url, true, sound), options, MediaSource.Target.NATURAL);
            case Stdin() ->
                MediaSource.open(
                        new Container.Place("pipe:0", "standard input", false, sound),
                        options,
                        MediaSource.Target.NATURAL);
            case Program(Supplier<Source> source) -> source.get();
            case Pattern pattern -> dev.handsover.capture.pattern.PatternSource.open(pattern, options);
            case Webcam webcam -> LiveSources.webcam(webcam, options);
            case Screen screen -> LiveSources.screen(screen, options);
            case Live(Network(String url), boolean loop) -> LiveSources.network(url, options);
            case Live(SourceSpec what, boolean loop) ->
                PacedSource.open(() -> what.open(options, sound && !loop), loop);
        };
    }

    /** A file to be opened, checked for what FFmpeg would say less clearly. */
    static Container.Place file(Path path, boolean sound) {
        if (!Files.exists(path)) {
            throw Failure.input("There is no file " + path + "; check the name.");
        }
        if (Files.isDirectory(path)) {
            throw Failure.input(path + " is a folder where a file is meant; name a file in it.");
        }
        if (!Files.isReadable(path)) {
            throw Failure.input(path + " may not be read; check its permissions.");
        }
        try {
            if (Files.isRegularFile(path) && Files.size(path) == 0) {
                throw Failure.input(path + " is empty; record or copy it again.");
            }
        } catch (java.io.IOException e) {
            throw Failure.input(path + " cannot be read: " + e.getMessage() + ".", e);
        }
        return new Container.Place("file:" + path, path.toString(), false, sound);
    }
}
