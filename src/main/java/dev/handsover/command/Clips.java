package dev.handsover.command;

import dev.handsover.Settings;
import dev.handsover.capture.ImageFiles;
import dev.handsover.frame.Failure;
import dev.handsover.segment.ModelCard;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The recordings of a folder: which they are, what becomes of their names, and what tells one piece of work from another. */
final class Clips {
    /** For people; others are read too. */
    static final String RECORDING_KINDS = "mp4, mkv, mov, webm, avi, ts";

    static final String PICTURE_KINDS = "jpg, png, webp, bmp, tiff";

    private static final Pattern RECORDINGS =
            Pattern.compile(".*\\.(mp4|m4v|mov|mkv|webm|avi|ts|mts|y4m|mpe?g|wmv|flv|3gp)", Pattern.CASE_INSENSITIVE);
    private static final Pattern PICTURES =
            Pattern.compile(".*\\.(jpe?g|png|webp|bmp|tiff?|gif|avif|jp2|ppm|pgm)", Pattern.CASE_INSENSITIVE);
    /** Written as they were read; all others become MP4. */
    private static final Set<String> KEPT = Set.of("mp4", "m4v", "mov", "mkv", "webm");

    private Clips() {}

    /** The folder's recordings in natural order; none where it is no folder. */
    static List<Path> list(Path folder) {
        return matching(folder, RECORDINGS);
    }

    /** Whether there are pictures too. */
    static boolean pictures(Path folder) {
        return !matching(folder, PICTURES).isEmpty();
    }

    private static List<Path> matching(Path folder, Pattern names) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(f -> names.matcher(f.getFileName().toString()).matches())
                    .sorted(Comparator.comparing(f -> f.getFileName().toString(), ImageFiles.NATURAL))
                    .toList();
        } catch (IOException e) {
            throw Failure.input("The folder " + folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    /** The names of what is written, one for each; where two would meet, both keep their ending in the name. */
    static List<String> names(List<Path> clips, boolean transparent) {
        List<String> stems = clips.stream().map(Clips::stem).toList();
        List<String> names = new ArrayList<>();
        for (int i = 0; i < clips.size(); i++) {
            String name = clips.get(i).getFileName().toString();
            String ending = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
            boolean alone = Collections.frequency(stems, stems.get(i)) == 1;
            names.add((alone ? stems.get(i) : name) + "."
                    + (transparent ? "mov" : KEPT.contains(ending) ? ending : "mp4"));
        }
        return names;
    }

    private static String stem(Path clip) {
        String name = clip.getFileName().toString();
        return name.substring(0, name.lastIndexOf('.'));
    }

    /** What these settings do to any clip, as text: its outputs and how the work is spread do not matter. */
    static String task(Settings settings) {
        StringBuilder task = new StringBuilder();
        List.of(settings.capture(), settings.model(), settings.matte(), settings.look(), settings.layers())
                .forEach(part -> task.append(part).append('\n'));
        task.append(settings.size()).append('\n').append(settings.encoding()).append('\n');
        task.append(settings.tuning().networkEvery()).append('\n');
        ModelCard card = ModelCard.find(settings.model().name());
        task.append(card).append('\n');
        List<Path> files = new ArrayList<>(settings.layers().under());
        files.addAll(settings.layers().over());
        Path background = settings.layers().background();
        if (background != null) {
            files.add(background);
        }
        files.forEach(file -> task.append(state(file)).append('\n'));
        return task.toString();
    }

    private static String state(Path file) {
        try {
            return Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
        } catch (IOException e) {
            // what is wrong with it is said when it is opened
            return "";
        }
    }

    /** SHA-256 of a task and a clip's bytes, in hex; an input {@code Failure} when the clip cannot be read. */
    static String digest(Path clip, String task) {
        try (InputStream in = Files.newInputStream(clip)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(task.getBytes(StandardCharsets.UTF_8));
            byte[] part = new byte[1 << 16];
            for (int n = in.read(part); n >= 0; n = in.read(part)) {
                digest.update(part, 0, n);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException e) {
            throw Failure.input(clip + " cannot be read: " + e.getMessage() + ".", e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
