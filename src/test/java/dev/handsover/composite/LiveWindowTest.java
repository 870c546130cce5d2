package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Pixels;
import dev.handsover.Run;
import java.awt.image.BufferedImage;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a user sees of {@code live}: its keys, never the room, files that come and go, settings that are edited. */
@Timeout(300)
class LiveWindowTest extends LiveOnAScreen {
    /** The resident engine's window draws from the engine's pictures. */
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "resident"})
    void keysChangeWhatIsSeen(String compositor) throws Exception {
        try (Child child = new Child("--background", "color:navy", "--compositor", compositor, "--no-budget")) {
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
            screen().xdotool("key", "l");
            Run.until(
                    "figures are shown",
                    () -> !like(ORANGE, screen().screenshot().getRGB(16, 60)));
            keep("live-figures-" + compositor);
            assertEquals(compositor.equals("resident"), child.said("the window draws from there"));
        }
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
            child.says("\"backgrond\" in " + settings + ", line 1, is not a setting");
            child.says("The last good settings stay.");
            assertTrue(sees(ORANGE, ROOM_X), "the last good settings");
            Files.writeString(settings, "background: color:navy\n");
            shows(NAVY, ROOM_X, "the mended file");
        }
    }
}
