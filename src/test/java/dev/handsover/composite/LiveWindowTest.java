package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Pixels;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program as a user has it: {@code live} in its window on a real screen, with real keys. The camera is a test pattern of
 * eight bars, of which the network calls the third and fourth, cyan and green, a hand; magenta is the room.
 */
@Timeout(300)
class LiveWindowTest extends OnAScreen {
    private static final int NAVY = 0x000080;
    private static final int ORANGE = 0xFFA500;
    private static final int GREEN = 0x00BF00;
    private static final int MAGENTA = 0xBF00BF;
    /** Where the fourth and the fifth bar stand on the screen. */
    private static final int HAND_X = 560;

    private static final int ROOM_X = 720;
    private static final int Y = 200;

    @TempDir
    Path folder;

    /** A child that runs {@code live} in its window. */
    private final class Child implements AutoCloseable {
        private final Process process;
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
            screen().focus("Handsover");
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

    private static boolean like(int wanted, int rgb) {
        int off = 0;
        for (int shift = 0; shift < 24; shift += 8) {
            off = Math.max(off, Math.abs((wanted >> shift & 255) - (rgb >> shift & 255)));
        }
        return off <= 8;
    }

    private static boolean sees(int rgb, int x) {
        return like(rgb, screen().screenshot().getRGB(x, Y));
    }

    private static void shows(int rgb, int x, String what) {
        Run.until("the screen shows " + what, () -> sees(rgb, x));
    }

    @Test
    void keysChangeWhatIsSeen() throws Exception {
        try (Child child = new Child("--background", "color:navy")) {
            shows(NAVY, ROOM_X, "the background");
            shows(GREEN, HAND_X, "the hand");
            screen().xdotool("key", "b");
            shows(ORANGE, ROOM_X, "the next background");
            screen().xdotool("key", "i");
            shows(GREEN, ROOM_X, "the hand in the mirror");
            screen().xdotool("key", "i");
            shows(ORANGE, ROOM_X, "no mirror");
            screen().xdotool("key", "m");
            shows(0xFFFFFF, HAND_X, "the matte");
            screen().xdotool("key", "m");
            shows(GREEN, HAND_X, "the hand again");
            screen().xdotool("key", "v");
            Run.until("the screen shows the room blurred", () -> !sees(ORANGE, ROOM_X));
            screen().xdotool("key", "v");
            shows(ORANGE, ROOM_X, "the background again");
            screen().xdotool("key", "bracketright", "minus", "equal");
            child.says("Threshold 0.50, feather 1.");
            BufferedImage before = screen().screenshot();
            screen().xdotool("key", "l");
            Run.until("figures are shown", () -> differing(before) > 2_000);
        }
    }

    private static int differing(BufferedImage before) {
        BufferedImage now = screen().screenshot();
        int count = 0;
        for (int y = 0; y < 720; y += 2) {
            for (int x = 0; x < 1280; x += 2) {
                count += like(before.getRGB(x, y), now.getRGB(x, y)) ? 0 : 1;
            }
        }
        return count;
    }

    @Test
    void theRoomIsShownWhileItsKeyIsHeldAndOnlyWhereThatIsAllowed() throws Exception {
        try (Child child = new Child("--background", "color:navy", "--allow-raw")) {
            shows(NAVY, ROOM_X, "the background");
            screen().xdotool("key", "r");
            child.says("Recording to");
            screen().xdotool("keydown", "o");
            shows(MAGENTA, ROOM_X, "the room");
            screen().xdotool("keyup", "o");
            shows(NAVY, ROOM_X, "the background again");
            screen().xdotool("key", "r");
            child.says("Recorded ");
        }
        Pixels video = Pixels.of(only(".mkv"), "rgb24");
        assertTrue(video.frames().size() > 1, "pictures in the recording");
        for (byte[] frame : video.frames()) {
            int at = 3 * (50 * 320 + ROOM_X / 4);
            assertTrue((frame[at] & 255) < 60, "the recording shows no room while the window does");
        }
    }

    @Test
    void withoutPermissionTheRoomIsNeverShown() throws Exception {
        try (Child child = new Child("--background", "color:navy")) {
            shows(NAVY, ROOM_X, "the background");
            screen().xdotool("keydown", "o");
            screen().xdotool("key", "b");
            Run.until("the next background, and no room before", () -> {
                int rgb = screen().screenshot().getRGB(ROOM_X, Y);
                assertFalse(like(MAGENTA, rgb), "the room");
                return like(ORANGE, rgb);
            });
            screen().xdotool("keyup", "o", "key", "s");
            child.says("Wrote ");
        }
        BufferedImage snapshot = ImageIO.read(only(".png").toFile());
        assertTrue(like(ORANGE, snapshot.getRGB(ROOM_X / 4, Y / 4)), "the snapshot's background");
        assertTrue(like(GREEN, snapshot.getRGB(HAND_X / 4, Y / 4)), "the snapshot's hand");
    }

    private Path only(String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            List<Path> found = files.filter(f -> f.toString().endsWith(ending)).toList();
            assertEquals(1, found.size(), "files " + ending);
            return found.getFirst();
        }
    }

    @Test
    void anEditOfTheSettingsIsTakenUpAndAWrongOneIsTold() throws Exception {
        Path settings = folder.resolve("desk.yaml");
        Files.writeString(settings, "background: color:navy\n");
        try (Child child = new Child("--config", settings)) {
            shows(NAVY, ROOM_X, "the background of the file");
            Files.writeString(settings, "background: color:orange\nfeather: 3\n");
            shows(ORANGE, ROOM_X, "the edit");
            child.says("The edited settings are taken up.");
            Files.writeString(settings, "backgrond: color:navy\n");
            child.says("\"backgrond\" in " + settings + " is not a setting");
            child.says("The last good settings stay.");
            assertTrue(sees(ORANGE, ROOM_X), "the last good settings");
            Files.writeString(settings, "background: color:navy\n");
            shows(NAVY, ROOM_X, "the mended file");
        }
    }
}
