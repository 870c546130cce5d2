package dev.handsover.evaluate;

import dev.handsover.capture.ImageFiles;
import dev.handsover.frame.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One thing to judge by. */
public sealed interface Sample {
    Path file();

    /** What its figures are gathered under: the name's beginning. */
    String group();

    /** A picture with its mask. */
    record Masked(Path file, Path mask, String group) implements Sample {}

    /** A picture with boxes around its hands: lines of {@code x0 y0 x1 y1} as fractions of width and height. */
    record Boxed(Path file, Path boxes, String group) implements Sample {}

    /** A picture without any hand. */
    record Empty(Path file, String group) implements Sample {}

    /** A video, on which flicker is measured. */
    record Moving(Path file, String group) implements Sample {}

    /**
     * All samples of a folder: {@code images/} beside {@code masks/} with the same names, or pictures beside their masks
     * ({@code NAME.jpg} with {@code NAME.png}) or boxes ({@code NAME.txt}); pictures alone have no hand in them.
     */
    static List<Sample> find(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw Failure.input("There is no folder " + folder + " to evaluate on; check the name.");
        }
        Path images = folder.resolve("images");
        Path masks = folder.resolve("masks");
        boolean apart = Files.isDirectory(images) && Files.isDirectory(masks);
        List<Sample> samples = new ArrayList<>();
        try (Stream<Path> files = Files.list(apart ? images : folder)) {
            files.filter(Files::isRegularFile)
                    .sorted(Comparator.comparing(f -> f.getFileName().toString(), ImageFiles.NATURAL))
                    .forEach(file -> add(file, apart ? masks : folder, samples));
        } catch (IOException e) {
            throw Failure.input("The folder " + folder + " cannot be read: " + e.getMessage() + ".", e);
        }
        if (samples.isEmpty()) {
            throw Failure.input(
                    folder + " holds no pictures and no videos; docs/training.md tells how to lay them out.");
        }
        return samples;
    }

    private static void add(Path file, Path masks, List<Sample> samples) {
        String name = file.getFileName().toString();
        int dot = name.lastIndexOf('.');
        String stem = dot < 0 ? name : name.substring(0, dot);
        String ending = dot < 0 ? "" : name.substring(dot + 1).toLowerCase(java.util.Locale.ROOT);
        String group = group(stem);
        if (ending.matches("mp4|mkv|mov|webm|avi")) {
            samples.add(new Moving(file, group));
        } else if (ending.matches("jpe?g|png|webp|bmp")) {
            Path mask = masks.resolve(stem + ".png");
            Path boxes = file.resolveSibling(stem + ".txt");
            boolean isMask = mask.equals(file);
            if (isMask && hasPicture(file, stem) || stem.endsWith("_arm")) {
                return;
            }
            samples.add(
                    Files.exists(mask) && !isMask
                            ? new Masked(file, mask, group)
                            : Files.exists(boxes) ? new Boxed(file, boxes, group) : new Empty(file, group));
        }
    }

    private static boolean hasPicture(Path mask, String stem) {
        return Stream.of("jpg", "jpeg", "webp").anyMatch(e -> Files.exists(mask.resolveSibling(stem + "." + e)));
    }

    private static String group(String stem) {
        Matcher head = Pattern.compile("^[A-Za-z]+[0-9]*(?=[_.-])|^[A-Za-z]+").matcher(stem);
        return head.find() ? head.group() : "all";
    }
}
