package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.handsover.frame.FramePool;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.lwjgl.glfw.GLFW;

/** What the user does with keys, mouse and files arrives. */
@Timeout(120)
class WindowInputTest extends OnAScreen {
    private static final Look.Placement.Corners START =
            new Look.Placement.Corners(0.2f, 0.2f, 0.8f, 0.2f, 0.9f, 0.9f, 0.1f, 0.9f);

    @Test
    void keysArrive() throws Exception {
        try (Running running = new Running(PLAIN)) {
            screen().xdotool("key", "b");
            screen().xdotool("key", "shift+s");
            screen().xdotool("key", "ctrl+q");
            screen().xdotool("key", "bracketleft", "bracketright", "minus", "equal", "F5", "space", "Escape");
            screen().xdotool("keydown", "o");
            Xvfb.await("O goes down", () -> running.heard.contains("+O"));
            assertFalse(running.heard.contains("-O"));
            screen().xdotool("keyup", "o");
            Xvfb.await("O goes up", () -> running.heard.contains("-O"));
            assertEquals(
                    List.of(
                            "+B",
                            "-B",
                            "+*S",
                            "-S",
                            "+^Q",
                            "-Q",
                            "+LEFT_BRACKET",
                            "-LEFT_BRACKET",
                            "+RIGHT_BRACKET",
                            "-RIGHT_BRACKET",
                            "+MINUS",
                            "-MINUS",
                            "+EQUAL",
                            "-EQUAL",
                            "+F5",
                            "-F5",
                            "+SPACE",
                            "-SPACE",
                            "+ESCAPE",
                            "-ESCAPE",
                            "+O",
                            "-O"),
                    running.heard);
        }
    }

    @Test
    void keysAreLetGoWhenTheWindowLosesTheKeyboard() throws Exception {
        try (Running running = new Running(PLAIN)) {
            screen().xdotool("keydown", "o");
            Xvfb.await("O goes down", () -> running.heard.contains("+O"));
            String root = screen().xdotool("search", "--maxdepth", "0", "");
            screen().xdotool("windowfocus", root);
            Xvfb.await("O counts as let go while it is still down", () -> running.heard.contains("-O"));
            screen().xdotool("keyup", "o");
        }
    }

    @Test
    void keysGoByWhatStandsOnThem() throws Exception {
        assertEquals(Key.A, Key.of(GLFW.GLFW_KEY_Q, "a"));
        assertEquals(Key.M, Key.of(GLFW.GLFW_KEY_SEMICOLON, "m"));
        assertEquals(Key.A, Key.of(GLFW.GLFW_KEY_A, "ф"));
        assertEquals(Key.LEFT_BRACKET, Key.of(GLFW.GLFW_KEY_LEFT_BRACKET, "ü"));
        assertEquals(Key.MINUS, Key.of(GLFW.GLFW_KEY_SLASH, "-"));
        assertEquals(Key.F12, Key.of(GLFW.GLFW_KEY_F12, null));
        assertEquals(null, Key.of(GLFW.GLFW_KEY_M, ","));
        assertEquals(null, Key.of(GLFW.GLFW_KEY_LEFT_SHIFT, null));
        assumeTrue(Xvfb.installed("setxkbmap"), "skipped: there is no setxkbmap here");
        screen().run("setxkbmap", "fr");
        try (Running running = new Running(PLAIN)) {
            screen().xdotool("key", "q", "m");
            Xvfb.await("keys arrive", () -> running.heard.size() == 4);
            assertEquals(List.of("+Q", "-Q", "+M", "-M"), running.heard);
        } finally {
            screen().run("setxkbmap", "us");
        }
    }

    @Test
    void filesThatAreDroppedArrive() throws Exception {
        assumeTrue(Xvfb.installed("python3"), "skipped: nothing here can drop files (apt-get install python3)");
        Path picture = Path.of("a desk & ünder it.png").toAbsolutePath();
        Path video = Path.of("b.mp4").toAbsolutePath();
        try (Running running = new Running(PLAIN)) {
            String said = screen().run(
                            "python3",
                            "src/test/resources/drop-files.py",
                            running.id,
                            picture.toString(),
                            video.toString());
            assertEquals("dropped", said);
            Xvfb.await("files arrive", () -> !running.heard.isEmpty());
            assertEquals(List.of("dropped " + List.of(picture, video)), running.heard);
        }
    }

    @Test
    void cornersFollowTheMouse() throws Exception {
        try (FramePool pool = new FramePool(WIDE, 1);
                Running running = new Running(PLAIN)) {
            running.show(bars(pool.take()));
            running.window.hud(new Hud(List.of(), List.of(), "", 33, START));
            settle(() -> assertColor(0xFFFFFF, screen().screenshot(), 320, 72, "a line between two corners"));
            screen().xdotool("mousemove", "128", "72", "mousedown", "1", "mousemove", "192", "108");
            Xvfb.await("a corner moves", () -> corners(running).x1() > 0.29f);
            assertEquals(0.3f, corners(running).x1(), 0.01f);
            assertEquals(0.3f, corners(running).y1(), 0.01f);
            assertEquals(0.8f, corners(running).x2(), 1e-6f);
            screen().xdotool("mousemove", "630", "350");
            pause(100);
            assertTrue(corners(running).x1() < 0.9f, "four corners stay convex");
            screen().xdotool("mousemove", "192", "108", "mouseup", "1", "mousemove", "1200", "700");
            pause(300);
            golden("window-corners");
        }
    }

    private static Look.Placement.Corners corners(Running running) {
        return Objects.requireNonNullElse(running.corners, START);
    }
}
