package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handsover.Run;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Keys, mouse and files that change what {@code live} shows: transparency, perspective, help, full screen, threshold, a drop. */
@Timeout(300)
class LiveKeysTest extends LiveOnAScreen {
    private static final int SCREEN_GREEN = 0x00B140;
    private static final int LIGHT = 0x9E9E9E;
    private static final int DARK = 0x808080;

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "resident"})
    void transparencyShowsABoardAndGoesAgain(String compositor) throws Exception {
        try (Child child = new Child("--background", "color:navy", "--compositor", compositor, "--no-budget")) {
            shows(NAVY, ROOM_X, "the background");
            screen().xdotool("key", "t");
            Run.until("the board behind what is transparent", () -> sees(LIGHT, ROOM_X) || sees(DARK, ROOM_X));
            shows(GREEN, HAND_X, "the hand before it");
            keep("live-transparent-" + compositor);
            screen().xdotool("key", "t");
            shows(NAVY, ROOM_X, "the background again");
            assertTrue(!child.said("failed"), "nothing failed");
        }
    }

    @Test
    void whereFilesAreWrittenTransparencyIsGreen() throws Exception {
        try (Child child = new Child("--background", "color:navy", "--output", "null:")) {
            shows(NAVY, ROOM_X, "the background");
            screen().xdotool("key", "t");
            shows(SCREEN_GREEN, ROOM_X, "green for a chroma key");
            shows(GREEN, HAND_X, "the hand");
            assertTrue(!child.said("Transparency cannot change"), "nothing else was asked for");
        }
    }

    /** The third of the eight bars becomes the first, so that the hand stands further to the left. */
    @ParameterizedTest
    @ValueSource(strings = {"cpu", "resident"})
    void cornersAreDraggedByTheMouse(String compositor) throws Exception {
        try (Child child = new Child("--background", "color:navy", "--compositor", compositor, "--no-budget")) {
            shows(GREEN, HAND_X, "the hand");
            shows(NAVY, 300, "the background left of it");
            screen().xdotool("key", "p");
            child.says("Drag the corners");
            drag(3, 3, 320, 3);
            drag(3, 716, 320, 716);
            keep("live-corners-" + compositor);
            screen().xdotool("key", "p");
            shows(GREEN, 300, "the hand where the corners put it");
            shows(NAVY, HAND_X, "the background where the hand was");
            keep("live-perspective-" + compositor);
            screen().xdotool("key", "p");
            screen().xdotool("key", "p");
            shows(GREEN, HAND_X, "the hand in the whole view again");
        }
    }

    private static void drag(int fromX, int fromY, int toX, int toY) {
        BufferedImage before = screen().screenshot();
        screen().xdotool("mousemove", "" + fromX, "" + fromY, "mousedown", "1");
        screen().xdotool("mousemove", "" + (fromX + toX) / 2, "" + (fromY + toY) / 2);
        screen().xdotool("mousemove", "" + toX, "" + toY);
        Run.until("the corner follows", () -> differing(before) > 60);
        screen().xdotool("mouseup", "1");
    }

    @Test
    void helpComesAndGoes() throws Exception {
        try (Child child = new Child("--background", "color:navy")) {
            shows(GREEN, HAND_X, "the hand");
            Run.until("the first message has gone", () -> sees(640, 690, NAVY) || sees(640, 690, MAGENTA));
            BufferedImage before = screen().screenshot();
            screen().xdotool("key", "h");
            Run.until("the help is shown", () -> differing(before) > 5_000);
            keep("live-help");
            screen().xdotool("key", "h");
            Run.until("the help has gone", () -> differing(before) < 500);
            assertTrue(child.said("H shows the keys"), "it was told of");
        }
    }

    private static boolean sees(int x, int y, int rgb) {
        return like(rgb, screen().screenshot().getRGB(x, y));
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "resident"})
    void fullScreenAndBack(String compositor) throws Exception {
        try (Child child = new Child("--background", "color:navy", "--compositor", compositor, "--no-budget")) {
            shows(NAVY, ROOM_X, "the background");
            assertTrue(sees(ROOM_X, 740, 0), "nothing below the window");
            screen().xdotool("key", "f");
            Run.until("the whole screen", () -> sees(ROOM_X, 740, NAVY) && sees(ROOM_X, 20, 0));
            keep("live-full-screen-" + compositor);
            screen().xdotool("windowfocus", child.id);
            screen().xdotool("key", "f");
            Run.until("the window again", () -> sees(ROOM_X, 740, 0) && sees(ROOM_X, 20, NAVY));
            screen().xdotool("windowfocus", child.id);
        }
    }

    @Test
    void theThresholdGoesUpAndDown() throws Exception {
        try (Child child = new Child("--background", "color:navy", "--threshold", "0.5")) {
            shows(GREEN, HAND_X, "the hand");
            BufferedImage before = screen().screenshot();
            screen().xdotool("key", "bracketleft");
            child.says("Threshold 0.45,");
            Run.until("it is told on the window", () -> differing(before) > 100);
            keep("live-threshold");
            screen().xdotool("key", "bracketleft", "bracketright", "bracketright", "bracketright");
            child.says("Threshold 0.55,");
            for (int i = 0; i < 12; i++) {
                screen().xdotool("key", "bracketright");
            }
            child.says("Threshold 0.95,");
            shows(GREEN, HAND_X, "what is sure, whole still");
            keep("live-threshold-high");
            for (int i = 0; i < 9; i++) {
                screen().xdotool("key", "bracketleft");
            }
            child.says("Threshold 0.50,");
            shows(GREEN, HAND_X, "the hand as it was");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"cpu", "resident"})
    void aPictureThatIsDroppedIsTheBackground(String compositor) throws Exception {
        assumeTrue(Xvfb.installed("python3"), "skipped: nothing here can drop files (apt-get install python3)");
        Path picture = folder.resolve("a desk.png");
        BufferedImage desk = new BufferedImage(320, 180, BufferedImage.TYPE_INT_RGB);
        Graphics2D pen = desk.createGraphics();
        pen.setColor(new Color(ORANGE));
        pen.fillRect(0, 0, 320, 180);
        pen.dispose();
        ImageIO.write(desk, "png", picture.toFile());
        Path program = Path.of("src/test/resources/drop-files.py").toAbsolutePath();
        try (Child child = new Child("--background", "color:navy", "--compositor", compositor, "--no-budget")) {
            shows(NAVY, ROOM_X, "the background");
            assertEquals("dropped", screen().run("python3", program.toString(), child.id, picture.toString()));
            shows(ORANGE, ROOM_X, "the picture that was dropped");
            shows(GREEN, HAND_X, "the hand before it");
            child.says("Background a desk.png.");
            keep("live-dropped-" + compositor);
        }
    }
}
