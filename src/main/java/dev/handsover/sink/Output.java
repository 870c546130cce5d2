package dev.handsover.sink;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.StreamFormat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where pictures are to go, parsed from one argument; nothing is opened yet. */
public sealed interface Output {
    /** Extensions of video files and FFmpeg's names of their containers. */
    Map<String, String> CONTAINERS = Map.ofEntries(
            Map.entry("mp4", "mp4"),
            Map.entry("m4v", "mp4"),
            Map.entry("mov", "mov"),
            Map.entry("mkv", "matroska"),
            Map.entry("webm", "webm"),
            Map.entry("avi", "avi"),
            Map.entry("ts", "mpegts"),
            Map.entry("y4m", "yuv4mpegpipe"),
            Map.entry("webp", "webp"));

    /** Where a picture's number goes in the names of a sequence; the group is its least count of digits. */
    Pattern NUMBER = Pattern.compile("%0?(\\d{0,2})d");

    /** A video file; {@code container} is FFmpeg's name. */
    record Video(Path path, String container) implements Output {}

    /** {@code out_%05d.png}: a file for each picture, counted from 1. */
    record Sequence(String pattern) implements Output {}

    /** One picture. */
    record Image(Path path) implements Output {}

    /** A folder that gets one picture for each one read, under the same name. */
    record Folder(Path path) implements Output {}

    /** Matroska or Y4M on standard output. */
    record Stdout(String container) implements Output {}

    /** {@code v4l2:/dev/videoN}: a camera for other programs, of the kernel's. */
    record Camera(Path node) implements Output {}

    /** A stream to an address ({@code udp:// tcp:// srt:// rtmp:// rtsp://}); {@code container} is FFmpeg's name. */
    record Push(String url, String container) implements Output {}

    /** Nowhere: for measuring. */
    record Null() implements Output {}

    /** The program itself: every picture is shown to {@code taker} on the output's thread and stays the pipeline's. */
    record Program(Consumer<Frame> taker) implements Output {}

    /**
     * How to encode, as ffmpeg names things; null or negative is "choose for me".
     *
     * @param sound the source's is written, where the container carries any
     */
    record Encoding(
            @Nullable String codec,
            int crf,
            long bitrate,
            @Nullable String preset,
            @Nullable String pixelFormat,
            boolean sound) {
        public static final Encoding AUTO = new Encoding(null, -1, -1, null, null, true);
    }

    /**
     * What will be written.
     *
     * @param pictures format of every picture
     * @param stream of the source: times, sound tracks, metadata
     * @param gray the pictures are a mask: chroma is 128 everywhere
     * @param force an existing file is replaced (at the end, by renaming)
     * @param originNanos the pictures' time that becomes the output's time 0
     */
    record Job(
            PictureFormat pictures,
            StreamFormat stream,
            Encoding encoding,
            boolean gray,
            boolean force,
            long originNanos) {}

    /** Reads one argument; throws a usage {@code Failure} that lists the forms when it fits none. */
    static Output parse(String argument) {
        switch (argument) {
            case "-", "matroska:-" -> {
                return new Stdout("matroska");
            }
            case "y4m:-" -> {
                return new Stdout("yuv4mpegpipe");
            }
            case "null:" -> {
                return new Null();
            }
            default -> {}
        }
        if (argument.startsWith("v4l2:")) {
            return new Camera(camera(argument.substring("v4l2:".length())));
        }
        if (argument.matches("(udp|tcp|srt|rtmp|rtsp)://.+")) {
            String scheme = argument.substring(0, argument.indexOf(':'));
            return new Push(argument, scheme.equals("rtsp") ? "rtsp" : scheme.equals("rtmp") ? "flv" : "mpegts");
        }
        Path path = Path.of(argument);
        if (argument.endsWith("/") || Files.isDirectory(path)) {
            return new Folder(path);
        }
        String extension = extension(argument);
        long numbers = NUMBER.matcher(argument).results().count();
        if (numbers > 1) {
            throw Failure.usage(
                    "\"" + argument + "\" has more than one place for a number; keep one, e.g. out_%05d.png.");
        }
        if (numbers == 1) {
            imageCodec(extension, argument);
            return new Sequence(argument);
        }
        String container = CONTAINERS.get(extension);
        if (container != null) {
            return new Video(path, container);
        }
        imageCodec(extension, argument);
        return new Image(path);
    }

    private static Path camera(String node) {
        if (node.matches("\\d{1,4}")) {
            return Path.of("/dev/video" + node);
        }
        if (!node.startsWith("/")) {
            throw Failure.usage("A virtual camera is v4l2:/dev/videoN; handsover cameras lists those there are.");
        }
        return Path.of(node);
    }

    /** The extension in lower case, without its dot; empty when there is none. */
    static String extension(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 || name.indexOf('/', dot) >= 0
                ? ""
                : name.substring(dot + 1).toLowerCase(Locale.ROOT);
    }

    /** FFmpeg's encoder for pictures of that extension. */
    static String imageCodec(String extension, String argument) {
        return switch (extension) {
            case "png" -> "png";
            case "jpg", "jpeg" -> "mjpeg";
            case "bmp" -> "bmp";
            case "tif", "tiff" -> "tiff";
            default ->
                throw Failure.usage(
                        "\"" + argument + "\" is no output that can be written: use .mp4 .mov .mkv .webm .avi .ts"
                                + " .webp .y4m, .png .jpg .tif, out_%05d.png, a folder/, v4l2:/dev/videoN, - , y4m:- or null:.");
        };
    }

    /** Opens it: probes encoders, makes the temporary file. Throws a usage or output {@code Failure} in one sentence. */
    default Sink open(Job job) {
        return switch (this) {
            case Video(Path path, String container) -> VideoSink.toFile(path, container, job);
            case Stdout(String container) -> VideoSink.toPipe(container, job);
            case Push(String url, String container) -> VideoSink.toAddress(url, container, job);
            case Sequence(String pattern) -> new ImageSink.Sequence(pattern, job);
            case Image(Path path) -> new ImageSink.Single(path, job);
            case Folder(Path path) -> new ImageSink.Folder(path, job);
            case Camera(Path node) -> new VirtualCamera(node, job);
            case Null() -> new ProgramSink("null:", picture -> {});
            case Program(Consumer<Frame> taker) -> new ProgramSink("program", taker);
        };
    }

    /** The file or folder that an output becomes; standard output counts as a file of that name. */
    default Optional<Path> place() {
        return switch (this) {
            case Video(Path path, String container) -> Optional.of(path);
            case Sequence(String pattern) -> Optional.of(Path.of(pattern));
            case Image(Path path) -> Optional.of(path);
            case Folder(Path path) -> Optional.of(path);
            case Stdout(String container) -> Optional.of(Path.of("-"));
            case Camera(Path node) -> Optional.of(node);
            case Push(String url, String container) -> Optional.empty();
            case Null() -> Optional.empty();
            case Program(Consumer<Frame> taker) -> Optional.empty();
        };
    }

    /** As the user wrote it. */
    static String name(Output output) {
        return switch (output) {
            case Video(Path path, String container) -> path.toString();
            case Sequence(String pattern) -> pattern;
            case Image(Path path) -> path.toString();
            case Folder(Path path) -> path + "/";
            case Stdout(String container) -> "-";
            case Camera(Path node) -> "v4l2:" + node;
            case Push(String url, String container) -> url;
            case Null() -> "null:";
            case Program(Consumer<Frame> taker) -> "program";
        };
    }
}
