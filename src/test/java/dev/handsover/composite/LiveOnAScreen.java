package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.handsover.Run;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program as a user has it: {@code live} in its window on a real screen, with real keys. The camera is a test pattern of
 * eight bars, of which the network calls the third and fourth, cyan and green, a hand; magenta is the room.
 */
abstract class LiveOnAScreen extends OnAScreen {
    static final int NAVY = 0x000080;
    static final int ORANGE = 0xFFA500;
    static final int GREEN = 0x00BF00;
    static final int MAGENTA = 0xBF00BF;
    /** Where the fourth and the fifth bar stand on the screen. */
    static final int HAND_X = 560;

    static final int ROOM_X = 720;
    static final int Y = 200;

    @TempDir
    Path folder;

    /** A child that runs {@code live} in its window. */
    final class Child implements AutoCloseable {
        private final Process process;
        final String id;
        private final Path said = folder.resolve("said.txt");

        Child(Object... more) throws IOException {
            List<Object> words = new ArrayList<>(List.of(
                    "live",
                    "--source",
                    "pattern:bars?size=320x180",
                    "--model",
                    Path.of("src/test/resources/networks/throws.json").toAbsolutePath(),
                    "--next-background",
                    "color:orange"));
            words.addAll(List.of(more));
            ProcessBuilder builder = new ProcessBuilder(Run.command(List.of(), words.toArray()))
                    .directory(folder.toFile())
                    .redirectOutput(folder.resolve("out.txt").toFile())
                    .redirectError(said.toFile());
            builder.environment().put("DISPLAY", screen().display());
            process = builder.start();
            Run.until("it shows pictures", () -> process.isAlive() && said("H shows the keys"));
            id = screen().focus("Handsover");
        }

        boolean said(String words) {
            try {
                return Files.readString(said).contains(words);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        void says(String words) {
            Run.until("it says " + words, () -> said(words));
        }

        @Override
        public void close() throws IOException {
            screen().xdotool("key", "q");
            Run.await(process);
            assertEquals(0, process.exitValue(), Files.readString(said));
        }
    }

    static boolean like(int wanted, int rgb) {
        int off = 0;
        for (int shift = 0; shift < 24; shift += 8) {
            off = Math.max(off, Math.abs((wanted >> shift & 255) - (rgb >> shift & 255)));
        }
        return off <= 8;
    }

    static boolean sees(int rgb, int x) {
        return like(rgb, screen().screenshot().getRGB(x, Y));
    }

    static void shows(int rgb, int x, String what) {
        Run.until("the screen shows " + what, () -> sees(rgb, x));
    }

    static int differing(BufferedImage before) {
        BufferedImage now = screen().screenshot();
        int count = 0;
        for (int y = 0; y < 720; y += 2) {
            for (int x = 0; x < 1280; x += 2) {
                count += like(before.getRGB(x, y), now.getRGB(x, y)) ? 0 : 1;
            }
        }
        return count;
    }

    Path only(String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(f -> f.toString().endsWith(ending)).toList();
            assertEquals(1, found.size(), "files " + ending);
            return found.getFirst();
        }
    }

    /** Keeps what the screen shows, for people. */
    static void keep(String name) throws IOException {
        Path file = Path.of("target", name + ".png").toAbsolutePath();
        Files.createDirectories(file.getParent());
        ImageIO.write(screen().screenshot(), "png", file.toFile());
    }
}
