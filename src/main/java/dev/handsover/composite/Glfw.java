package dev.handsover.composite;

import static org.lwjgl.glfw.GLFW.GLFW_ANY_PLATFORM;
import static org.lwjgl.glfw.GLFW.GLFW_AUTO_ICONIFY;
import static org.lwjgl.glfw.GLFW.GLFW_CLIENT_API;
import static org.lwjgl.glfw.GLFW.GLFW_CONTEXT_CREATION_API;
import static org.lwjgl.glfw.GLFW.GLFW_CONTEXT_VERSION_MAJOR;
import static org.lwjgl.glfw.GLFW.GLFW_CONTEXT_VERSION_MINOR;
import static org.lwjgl.glfw.GLFW.GLFW_DECORATED;
import static org.lwjgl.glfw.GLFW.GLFW_DEPTH_BITS;
import static org.lwjgl.glfw.GLFW.GLFW_EGL_CONTEXT_API;
import static org.lwjgl.glfw.GLFW.GLFW_FALSE;
import static org.lwjgl.glfw.GLFW.GLFW_FLOATING;
import static org.lwjgl.glfw.GLFW.GLFW_NATIVE_CONTEXT_API;
import static org.lwjgl.glfw.GLFW.GLFW_OPENGL_API;
import static org.lwjgl.glfw.GLFW.GLFW_OPENGL_CORE_PROFILE;
import static org.lwjgl.glfw.GLFW.GLFW_OPENGL_FORWARD_COMPAT;
import static org.lwjgl.glfw.GLFW.GLFW_OPENGL_PROFILE;
import static org.lwjgl.glfw.GLFW.GLFW_PLATFORM;
import static org.lwjgl.glfw.GLFW.GLFW_PLATFORM_WAYLAND;
import static org.lwjgl.glfw.GLFW.GLFW_PLATFORM_X11;
import static org.lwjgl.glfw.GLFW.GLFW_SCALE_TO_MONITOR;
import static org.lwjgl.glfw.GLFW.GLFW_STENCIL_BITS;
import static org.lwjgl.glfw.GLFW.GLFW_TRANSPARENT_FRAMEBUFFER;
import static org.lwjgl.glfw.GLFW.GLFW_TRUE;
import static org.lwjgl.glfw.GLFW.GLFW_VISIBLE;
import static org.lwjgl.glfw.GLFW.GLFW_WAYLAND_APP_ID;
import static org.lwjgl.glfw.GLFW.GLFW_X11_CLASS_NAME;
import static org.lwjgl.glfw.GLFW.GLFW_X11_INSTANCE_NAME;
import static org.lwjgl.glfw.GLFW.glfwCreateWindow;
import static org.lwjgl.glfw.GLFW.glfwDefaultWindowHints;
import static org.lwjgl.glfw.GLFW.glfwDestroyWindow;
import static org.lwjgl.glfw.GLFW.glfwGetError;
import static org.lwjgl.glfw.GLFW.glfwGetMonitorPos;
import static org.lwjgl.glfw.GLFW.glfwGetMonitors;
import static org.lwjgl.glfw.GLFW.glfwGetPlatform;
import static org.lwjgl.glfw.GLFW.glfwGetPrimaryMonitor;
import static org.lwjgl.glfw.GLFW.glfwGetVideoMode;
import static org.lwjgl.glfw.GLFW.glfwInit;
import static org.lwjgl.glfw.GLFW.glfwInitHint;
import static org.lwjgl.glfw.GLFW.glfwPlatformSupported;
import static org.lwjgl.glfw.GLFW.glfwTerminate;
import static org.lwjgl.glfw.GLFW.glfwWindowHint;
import static org.lwjgl.glfw.GLFW.glfwWindowHintString;

import dev.handsover.frame.Failure;
import org.jspecify.annotations.Nullable;
import org.lwjgl.PointerBuffer;
import org.lwjgl.glfw.GLFWVidMode;
import org.lwjgl.system.Configuration;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;
import org.lwjgl.system.Platform;

/** GLFW's start, end and windows, counted: with the last window closed the display is let go. Main thread. */
final class Glfw {
    private static final String NO_DISPLAY =
            "There is no display here to open a window on; start from a desktop (DISPLAY or"
                    + " WAYLAND_DISPLAY is set there), or add --no-window.";
    private static int windows;

    private Glfw() {}

    /** A window with a context of OpenGL 3.3 core, not yet shown; throws a device {@code Failure} with what to do. */
    static synchronized long open(Window.Options options) {
        begin(options.onTop());
        try {
            hints(options);
            // On Linux by EGL, like the contexts without a window: LWJGL loads OpenGL once, by one of the two. But GLFW
            // finds
            // visuals that let the desktop through only by GLX, whose contexts take EGL's functions as well.
            boolean egl = Platform.get() == Platform.LINUX && !options.transparent();
            long window = create(options, egl);
            if (window == 0 && Platform.get() == Platform.LINUX) {
                window = create(options, !egl);
            }
            if (window == 0) {
                throw Failure.device("No window with OpenGL 3.3 can be opened here (" + complaint()
                        + "); install the graphics driver, or add --no-window.");
            }
            windows++;
            return window;
        } finally {
            if (windows == 0) {
                glfwTerminate();
            }
        }
    }

    private static long create(Window.Options options, boolean egl) {
        glfwWindowHint(GLFW_CONTEXT_CREATION_API, egl ? GLFW_EGL_CONTEXT_API : GLFW_NATIVE_CONTEXT_API);
        return glfwCreateWindow(options.width(), options.height(), options.title(), 0, 0);
    }

    private static void begin(boolean onTop) {
        Configuration.OPENGL_CONTEXT_API.set(Platform.get() == Platform.LINUX ? "EGL" : "native");
        boolean ready;
        try {
            // Wayland lets no program keep its window on top
            boolean above = onTop && System.getenv("DISPLAY") != null;
            boolean x11 = (above || !waylandInSight()) && glfwPlatformSupported(GLFW_PLATFORM_X11);
            glfwInitHint(GLFW_PLATFORM, x11 ? GLFW_PLATFORM_X11 : GLFW_ANY_PLATFORM);
            ready = glfwInit();
        } catch (UnsatisfiedLinkError | NoClassDefFoundError e) {
            throw Failure.device("The window library cannot be loaded here (" + e.getMessage() + "); add --no-window.");
        }
        if (!ready) {
            throw Failure.device(NO_DISPLAY);
        }
    }

    /** Without a folder for its socket Wayland's library complains on standard error when it is so much as asked. */
    private static boolean waylandInSight() {
        String folder = System.getenv("XDG_RUNTIME_DIR");
        String socket = System.getenv("WAYLAND_DISPLAY");
        return folder != null && !folder.isBlank() || socket != null && socket.startsWith("/");
    }

    private static void hints(Window.Options options) {
        glfwDefaultWindowHints();
        glfwWindowHint(GLFW_CLIENT_API, GLFW_OPENGL_API);
        glfwWindowHint(GLFW_CONTEXT_VERSION_MAJOR, 3);
        glfwWindowHint(GLFW_CONTEXT_VERSION_MINOR, 3);
        glfwWindowHint(GLFW_OPENGL_PROFILE, GLFW_OPENGL_CORE_PROFILE);
        glfwWindowHint(GLFW_OPENGL_FORWARD_COMPAT, GLFW_TRUE);
        glfwWindowHint(GLFW_DEPTH_BITS, 0);
        glfwWindowHint(GLFW_STENCIL_BITS, 0);
        glfwWindowHint(GLFW_VISIBLE, GLFW_FALSE);
        glfwWindowHint(GLFW_SCALE_TO_MONITOR, GLFW_TRUE);
        // A presenter clicks on another screen: the full-screen window stays.
        glfwWindowHint(GLFW_AUTO_ICONIFY, GLFW_FALSE);
        glfwWindowHint(GLFW_DECORATED, options.frameless() ? GLFW_FALSE : GLFW_TRUE);
        glfwWindowHint(GLFW_FLOATING, options.onTop() ? GLFW_TRUE : GLFW_FALSE);
        glfwWindowHint(GLFW_TRANSPARENT_FRAMEBUFFER, options.transparent() ? GLFW_TRUE : GLFW_FALSE);
        glfwWindowHintString(GLFW_X11_CLASS_NAME, "handsover");
        glfwWindowHintString(GLFW_X11_INSTANCE_NAME, "handsover");
        glfwWindowHintString(GLFW_WAYLAND_APP_ID, "handsover");
    }

    private static String complaint() {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer text = stack.mallocPointer(1);
            int code = glfwGetError(text);
            String said = text.get(0) == 0 ? null : MemoryUtil.memUTF8(text.get(0));
            return said == null ? "error " + code : said;
        }
    }

    /** Frees a window whose context is no thread's any more. */
    static synchronized void close(long window) {
        glfwDestroyWindow(window);
        windows--;
        if (windows == 0) {
            glfwTerminate();
        }
    }

    static boolean wayland() {
        return glfwGetPlatform() == GLFW_PLATFORM_WAYLAND;
    }

    /** The monitor that most of a window is on, or 0 when there is none. */
    static long monitorOf(int x, int y, int width, int height) {
        PointerBuffer monitors = glfwGetMonitors();
        long best = glfwGetPrimaryMonitor();
        long most = 0;
        for (int i = 0; monitors != null && i < monitors.limit(); i++) {
            GLFWVidMode mode = glfwGetVideoMode(monitors.get(i));
            int[] left = new int[1];
            int[] top = new int[1];
            glfwGetMonitorPos(monitors.get(i), left, top);
            long shared = mode == null
                    ? 0
                    : overlap(x, width, left[0], mode.width()) * overlap(y, height, top[0], mode.height());
            if (shared > most) {
                most = shared;
                best = monitors.get(i);
            }
        }
        return best;
    }

    private static long overlap(int from, int length, int otherFrom, int otherLength) {
        return Math.max(0, Math.min(from + length, otherFrom + otherLength) - Math.max(from, otherFrom));
    }

    /** What a monitor shows now, or null when it has gone. */
    static @Nullable GLFWVidMode mode(long monitor) {
        return monitor == 0 ? null : glfwGetVideoMode(monitor);
    }
}
