package dev.handsover.v4l2;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** All video devices of this computer. */
public final class VideoDevices {
    private static final Path DEV = Path.of("/dev");
    private static final Path PROCESSES = Path.of("/proc");

    private VideoDevices() {}

    /** This system has them. */
    public static boolean supported() {
        return System.getProperty("os.name", "").equals("Linux")
                && !System.getProperty("os.arch", "").contains("32");
    }

    /** Every {@code /dev/videoN}, by number; they need not open. */
    public static List<Path> nodes() {
        List<Path> nodes = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(DEV, "video[0-9]*")) {
            files.forEach(nodes::add);
        } catch (IOException e) {
            return List.of();
        }
        nodes.sort(Comparator.comparingInt(VideoDevices::number));
        return nodes;
    }

    /** The N of {@code /dev/videoN}; a large number for other names. */
    public static int number(Path node) {
        String digits = node.toString().replaceAll("\\D+", "");
        return digits.isEmpty() || digits.length() > 8 ? Integer.MAX_VALUE : Integer.parseInt(digits);
    }

    /** What those that open say of themselves. */
    public static List<VideoDevice.About> all() {
        List<VideoDevice.About> found = new ArrayList<>();
        for (Path node : nodes()) {
            try (VideoDevice device = VideoDevice.open(node)) {
                found.add(device.about());
            } catch (Refusal e) {
                // told by whoever asks for this one
            }
        }
        return found;
    }

    /** Those that give pictures. */
    public static List<VideoDevice.About> cameras() {
        return all().stream().filter(VideoDevice.About::captures).toList();
    }

    /** Programs that have the device open, as {@code name (number)}, as far as this user may see; this one is left out. */
    public static List<String> holders(Path node) {
        List<String> holders = new ArrayList<>();
        String own = Long.toString(ProcessHandle.current().pid());
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(PROCESSES, "[0-9]*")) {
            for (Path process : processes) {
                String pid = process.getFileName().toString();
                if (!pid.equals(own) && has(process, node)) {
                    holders.add(name(process) + " (process " + pid + ")");
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            return holders;
        }
        return holders;
    }

    private static boolean has(Path process, Path node) {
        try (DirectoryStream<Path> open = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path each : open) {
                if (Files.isSymbolicLink(each) && Files.readSymbolicLink(each).equals(node)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // another user's, or it has just ended
            return false;
        }
        return false;
    }

    private static String name(Path process) {
        try {
            return Files.readString(process.resolve("comm")).strip();
        } catch (IOException e) {
            return "a program";
        }
    }

    /** The group that may open the device; {@code video} when that cannot be told. */
    public static String group(Path node) {
        try {
            return Files.readAttributes(node, PosixFileAttributes.class).group().getName();
        } catch (IOException | UnsupportedOperationException e) {
            return "video";
        }
    }
}
