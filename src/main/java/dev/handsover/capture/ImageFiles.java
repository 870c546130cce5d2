package dev.handsover.capture;

import dev.handsover.frame.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pictures that a folder, a numbered sequence or a glob means, in natural order (a2 before a10). */
public final class ImageFiles {
    /** Where an extended WebP has its flags. */
    private static final int ANIMATION = 20;

    private static final Pattern ENDINGS =
            Pattern.compile(".*\\.(jpe?g|png|webp|bmp|tiff?|gif|avif|jp2|ppm|pgm)", Pattern.CASE_INSENSITIVE);
    private static final Pattern NUMBER = Pattern.compile("%0?(\\d*)d");
    private static final Pattern RUNS = Pattern.compile("\\d+|\\D+");

    /** Numbers by value, all else by letters regardless of case; equal ones by their exact text. */
    public static final Comparator<String> NATURAL = ImageFiles::compare;

    private ImageFiles() {}

    /** The files, at least one; an input {@code Failure} says what is missing. */
    public static List<Path> list(String pattern) {
        Path path = Path.of(pattern);
        if (Files.isDirectory(path)) {
            List<Path> files = matching(path, ENDINGS);
            if (files.isEmpty()) {
                throw Failure.input(
                        "The folder " + path + " holds no pictures (jpg, png, webp, bmp, tiff); name another.");
            }
            return files;
        }
        Path folder = path.getParent() == null ? Path.of("") : path.getParent();
        Path last = path.getFileName();
        String name = last == null ? pattern : last.toString();
        List<Path> files = Files.isDirectory(folder.toAbsolutePath()) ? matching(folder, regex(name)) : List.of();
        if (files.isEmpty()) {
            throw Failure.input("No picture matches " + pattern + "; check the name.");
        }
        return files;
    }

    private static Pattern regex(String name) {
        StringBuilder regex = new StringBuilder();
        Matcher number = NUMBER.matcher(name);
        int from = 0;
        while (number.find(from)) {
            regex.append(glob(name.substring(from, number.start())));
            String digits = number.group(1);
            regex.append(digits.isEmpty() ? "\\d+" : "\\d{" + Integer.parseInt(digits) + ",}");
            from = number.end();
        }
        return Pattern.compile(regex.append(glob(name.substring(from))).toString());
    }

    private static String glob(String text) {
        StringBuilder regex = new StringBuilder();
        for (char c : text.toCharArray()) {
            regex.append(c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return regex.toString();
    }

    private static List<Path> matching(Path folder, Pattern names) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile)
                    .filter(f -> names.matcher(f.getFileName().toString()).matches())
                    .sorted(Comparator.comparing(f -> f.getFileName().toString(), NATURAL))
                    .toList();
        } catch (IOException e) {
            throw Failure.input("The folder " + folder + " cannot be read: " + e.getMessage() + ".", e);
        }
    }

    private static int compare(String a, String b) {
        Matcher ma = RUNS.matcher(a);
        Matcher mb = RUNS.matcher(b);
        while (ma.find()) {
            if (!mb.find()) {
                return 1;
            }
            int order = compareRuns(ma.group(), mb.group());
            if (order != 0) {
                return order;
            }
        }
        return mb.find() ? -1 : a.compareTo(b);
    }

    private static int compareRuns(String a, String b) {
        if (Character.isDigit(a.charAt(0)) && Character.isDigit(b.charAt(0))) {
            String x = a.replaceFirst("^0+(?=.)", "");
            String y = b.replaceFirst("^0+(?=.)", "");
            return x.length() != y.length() ? Integer.compare(x.length(), y.length()) : x.compareTo(y);
        }
        return a.toLowerCase(Locale.ROOT).compareTo(b.toLowerCase(Locale.ROOT));
    }

    /** Whether the file of that name is a WebP that moves, which FFmpeg does not read. */
    static boolean animatedWebp(String name) {
        if (!name.toLowerCase(java.util.Locale.ROOT).endsWith(".webp")) {
            return false;
        }
        byte[] head = new byte[ANIMATION + 1];
        try (InputStream file = Files.newInputStream(Path.of(name))) {
            return file.readNBytes(head, 0, head.length) == head.length
                    && new String(head, 8, 8, StandardCharsets.ISO_8859_1).equals("WEBPVP8X")
                    && (head[ANIMATION] & 2) != 0;
        } catch (IOException | InvalidPathException e) {
            return false;
        }
    }
}
