package dev.handsover.composite;

import static org.lwjgl.glfw.GLFW.GLFW_DECORATED;
import static org.lwjgl.glfw.GLFW.GLFW_DONT_CARE;
import static org.lwjgl.glfw.GLFW.GLFW_FALSE;
import static org.lwjgl.glfw.GLFW.GLFW_MOD_CONTROL;
import static org.lwjgl.glfw.GLFW.GLFW_MOD_SHIFT;
import static org.lwjgl.glfw.GLFW.GLFW_MOUSE_BUTTON_LEFT;
import static org.lwjgl.glfw.GLFW.GLFW_PRESS;
import static org.lwjgl.glfw.GLFW.GLFW_RELEASE;
import static org.lwjgl.glfw.GLFW.GLFW_REPEAT;
import static org.lwjgl.glfw.GLFW.glfwGetFramebufferSize;
import static org.lwjgl.glfw.GLFW.glfwGetKeyName;
import static org.lwjgl.glfw.GLFW.glfwGetWindowAttrib;
import static org.lwjgl.glfw.GLFW.glfwGetWindowContentScale;
import static org.lwjgl.glfw.GLFW.glfwGetWindowPos;
import static org.lwjgl.glfw.GLFW.glfwGetWindowSize;
import static org.lwjgl.glfw.GLFW.glfwSetCursorPosCallback;
import static org.lwjgl.glfw.GLFW.glfwSetDropCallback;
import static org.lwjgl.glfw.GLFW.glfwSetKeyCallback;
import static org.lwjgl.glfw.GLFW.glfwSetMouseButtonCallback;
import static org.lwjgl.glfw.GLFW.glfwSetWindowMonitor;
import static org.lwjgl.glfw.GLFW.glfwSetWindowPos;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lwjgl.glfw.GLFWDropCallback;
import org.lwjgl.glfw.GLFWVidMode;

/** Keys, mouse and files dropped on one window, and its way to the whole screen and back. For the window's thread. */
final class WindowInput {
    private final long window;
    private final Window.Events events;
    private final Screen screen;
    private final Pointer pointer = new Pointer();
    private int @Nullable [] beforeFullScreen;
    private @Nullable Key own;
    private @Nullable Throwable thrown;
    private boolean moved;

    WindowInput(long window, Window.Events events, Screen screen) {
        this.window = window;
        this.events = events;
        this.screen = screen;
        glfwSetKeyCallback(window, (_, key, code, action, mods) -> guard(() -> key(key, code, action, mods)));
        glfwSetCursorPosCallback(window, (_, x, y) -> guard(() -> point(x, y)));
        glfwSetMouseButtonCallback(window, (_, button, action, _) -> {
            if (button == GLFW_MOUSE_BUTTON_LEFT) {
                moved = true;
                if (action == GLFW_PRESS) {
                    pointer.press(screen.picture(), scale());
                } else {
                    pointer.release();
                }
            }
        });
        glfwSetDropCallback(
                window,
                (_, count, names) -> guard(() -> {
                    List<Path> files = new ArrayList<>();
                    for (int i = 0; i < count; i++) {
                        files.add(Path.of(GLFWDropCallback.getName(names, i)));
                    }
                    events.dropped(files);
                }));
    }

    /** Whether the mouse has changed since the last call what is to be drawn. */
    boolean moved() {
        boolean was = moved;
        moved = false;
        return was;
    }

    /** The corners to drag, or null. */
    Look.Placement.@Nullable Corners corners() {
        return pointer.corners();
    }

    void corners(Look.Placement.@Nullable Corners corners) {
        pointer.set(corners);
    }

    /** The corner that the mouse holds, 0..3, or −1. */
    int held() {
        return pointer.held();
    }

    /** An exception must not pass through GLFW's C: it waits for {@link #rethrow}. */
    void guard(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException | Error e) {
            if (thrown == null) {
                thrown = e;
            }
        }
    }

    /** Throws what a handler threw, if one did. */
    void rethrow() {
        Throwable cause = thrown;
        thrown = null;
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException exception) {
            throw exception;
        }
    }

    private void key(int place, int code, int action, int mods) {
        Key key = Key.of(place, glfwGetKeyName(place, code));
        if (key == null || action == GLFW_REPEAT && !key.repeats()) {
            return;
        }
        boolean control = (mods & GLFW_MOD_CONTROL) != 0;
        boolean full = beforeFullScreen != null;
        if (action == GLFW_PRESS && (key == Key.F && !control || key == Key.F11 || key == Key.ESCAPE && full)) {
            switchFullScreen();
            own = key;
        } else if (key != own) {
            events.key(key, action != GLFW_RELEASE, (mods & GLFW_MOD_SHIFT) != 0, control);
        } else {
            own = null; // its way up is the window's own, too
        }
    }

    private void point(double x, double y) {
        int[] across = new int[1];
        int[] down = new int[1];
        glfwGetWindowSize(window, across, down);
        int[] pixels = new int[1];
        int[] rows = new int[1];
        glfwGetFramebufferSize(window, pixels, rows);
        double ratio = (double) pixels[0] / Math.max(1, across[0]);
        if (pointer.move(x * ratio, y * ratio, screen.picture())) {
            moved = true;
            Look.Placement.Corners corners = pointer.corners();
            if (corners != null) {
                events.corners(corners);
            }
        }
        double[] drag = pointer.drag();
        boolean frameless = glfwGetWindowAttrib(window, GLFW_DECORATED) == GLFW_FALSE;
        if (drag != null && frameless && beforeFullScreen == null && !Glfw.wayland()) {
            glfwGetWindowPos(window, across, down);
            glfwSetWindowPos(
                    window, across[0] + (int) Math.round(drag[0] / ratio), down[0] + (int) Math.round(drag[1] / ratio));
        }
    }

    /** Goes to the whole of the monitor that the window is on, or back to where it was. */
    void switchFullScreen() {
        int[] place = beforeFullScreen;
        if (place != null) {
            glfwSetWindowMonitor(window, 0, place[0], place[1], place[2], place[3], GLFW_DONT_CARE);
            beforeFullScreen = null;
            return;
        }
        int[] x = new int[1];
        int[] y = new int[1];
        int[] width = new int[1];
        int[] height = new int[1];
        if (!Glfw.wayland()) {
            glfwGetWindowPos(window, x, y);
        }
        glfwGetWindowSize(window, width, height);
        long monitor = Glfw.monitorOf(x[0], y[0], width[0], height[0]);
        GLFWVidMode mode = Glfw.mode(monitor);
        if (mode != null) {
            beforeFullScreen = new int[] {x[0], y[0], width[0], height[0]};
            glfwSetWindowMonitor(window, monitor, 0, 0, mode.width(), mode.height(), mode.refreshRate());
        }
    }

    /** Pixels of the framebuffer for one of a screen of ordinary density. */
    float scale() {
        float[] across = new float[1];
        float[] down = new float[1];
        glfwGetWindowContentScale(window, across, down);
        return Math.clamp(across[0], 0.5f, 8);
    }
}
