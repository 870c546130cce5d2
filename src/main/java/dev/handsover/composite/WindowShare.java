package dev.handsover.composite;

import static org.lwjgl.egl.EGL10.EGL_NO_CONTEXT;
import static org.lwjgl.egl.EGL10.EGL_NO_DISPLAY;
import static org.lwjgl.glfw.GLFWNativeEGL.glfwGetEGLConfig;
import static org.lwjgl.glfw.GLFWNativeEGL.glfwGetEGLContext;
import static org.lwjgl.glfw.GLFWNativeEGL.glfwGetEGLDisplay;
import static org.lwjgl.opengl.GL33C.GL_RENDERER;
import static org.lwjgl.opengl.GL33C.GL_SYNC_GPU_COMMANDS_COMPLETE;
import static org.lwjgl.opengl.GL33C.GL_TIMEOUT_IGNORED;
import static org.lwjgl.opengl.GL33C.glDeleteSync;
import static org.lwjgl.opengl.GL33C.glDeleteTextures;
import static org.lwjgl.opengl.GL33C.glFenceSync;
import static org.lwjgl.opengl.GL33C.glGetString;
import static org.lwjgl.opengl.GL33C.glWaitSync;

import dev.handsover.composite.GlPlane.Kind;
import dev.handsover.frame.Failure;
import dev.handsover.frame.OnDevice;
import dev.handsover.frame.PictureFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.lwjgl.PointerBuffer;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.Platform;

/**
 * What a window shares with engines: the objects of its context, and a few pictures' planes that engines draw into and the window
 * draws from, so that a picture reaches the screen without leaving the graphics device. The planes outlast every engine, since the
 * window shows the last picture until a newer one comes.
 *
 * <p>Order: an engine hands a picture over once a fence says that it is drawn; the window sets a fence behind each drawing from it,
 * and the device waits for that one before an engine draws there again. No thread waits.
 */
public final class WindowShare implements AutoCloseable {
    /** One that is drawn, one that waits, one on the screen, and some that outputs hold as well. */
    private static final int MOST = 6;

    private final long display;
    private final long config;
    private final long context;
    private final boolean software;
    private final int cuda;
    private final List<Place> places = new ArrayList<>();

    private WindowShare(long display, long config, long context) {
        this.display = display;
        this.config = config;
        this.context = context;
        this.software = GlContext.software(String.valueOf(glGetString(GL_RENDERER)));
        this.cuda = context == EGL_NO_CONTEXT ? GlDevice.NONE : GlDevice.cudaOfDisplay(display);
    }

    /** Of GLFW's window whose context is current. */
    static WindowShare of(long window) {
        if (Platform.get() != Platform.LINUX) {
            return new WindowShare(EGL_NO_DISPLAY, 0, EGL_NO_CONTEXT);
        }
        try (MemoryStack stack = MemoryStack.stackPush()) {
            long context = glfwGetEGLContext(window);
            PointerBuffer config = stack.callocPointer(1);
            boolean told = context != EGL_NO_CONTEXT && glfwGetEGLConfig(window, config);
            return told
                    ? new WindowShare(glfwGetEGLDisplay(), config.get(0), context)
                    : new WindowShare(EGL_NO_DISPLAY, 0, EGL_NO_CONTEXT);
        }
    }

    /**
     * A context for an engine.
     *
     * @param window whose objects it shares, or null
     * @param told how pictures get to the window, for people; empty without a window
     */
    record Joined(GlContext context, @Nullable WindowShare window, String told) {}

    /**
     * Opens a context for an engine and makes it current: one that shares the window's objects, or one of its own where that is
     * refused or would be the worse device. Throws a device {@code Failure} when there is no OpenGL.
     *
     * @param card that the engine's network runs on as CUDA counts, or {@link GlDevice#NONE}
     */
    static Joined join(@Nullable WindowShare window, int card) {
        if (window == null) {
            return new Joined(GlContext.open(card), null, "");
        }
        String refused = window.refusal(card);
        if (refused.isEmpty() && window.software) {
            GlContext own = GlContext.open(card);
            if (!own.software()) {
                return refused(own, "the processor draws the window");
            }
            own.close();
        }
        if (!refused.isEmpty()) {
            return refused(GlContext.open(card), refused);
        }
        GlContext shared = window.open();
        return shared == null
                ? refused(GlContext.open(card), "its context's objects cannot be shared")
                : new Joined(shared, window, "the window draws from there");
    }

    private static Joined refused(GlContext own, String why) {
        return new Joined(own, null, "pictures come down for the window: " + why);
    }

    /** Why an engine on that card cannot share the window's objects; empty when it may try. */
    private String refusal(int card) {
        if (context == EGL_NO_CONTEXT) {
            return "its context is not EGL's";
        }
        return card == GlDevice.NONE || card == cuda ? "" : "another device than card " + card + " draws it";
    }

    private @Nullable GlContext open() {
        try {
            return GlContext.open(display, config, context);
        } catch (Failure e) {
            return null;
        }
    }

    /** One picture's planes. Held by the frame that has them, and by the window while it shows it. */
    static final class Place implements OnDevice {
        final PictureFormat format;
        private final int[] textures;
        private final GlPlane[] shown;
        private final AtomicInteger holders = new AtomicInteger();
        /** Behind the window's last drawing, or 0. */
        private final AtomicLong drawn = new AtomicLong();

        private Place(PictureFormat format) {
            this.format = format;
            this.textures = new int[format.planes()];
            for (int i = 0; i < textures.length; i++) {
                textures[i] = GlPlane.made(format.planeWidth(i), format.planeHeight(i), Kind.CODE);
            }
            this.shown = planes();
        }

        /** The planes for the window, to be read alone. */
        GlPlane[] shown() {
            return shown;
        }

        /** The planes for an engine's context, to be drawn into; to be closed by who asks. */
        GlPlane[] planes() {
            GlPlane[] planes = new GlPlane[textures.length];
            for (int i = 0; i < planes.length; i++) {
                planes[i] = new GlPlane(textures[i], format.planeWidth(i), format.planeHeight(i));
            }
            return planes;
        }

        void hold() {
            holders.incrementAndGet();
        }

        @Override
        public void release() {
            holders.decrementAndGet();
        }

        /** The window has asked for a drawing from it. */
        void drawn() {
            GlCount.fence();
            forget(drawn.getAndSet(glFenceSync(GL_SYNC_GPU_COMMANDS_COMPLETE, 0)));
        }

        /** Lets the device wait until the window's drawings are done. */
        private void settle() {
            long fence = drawn.getAndSet(0);
            if (fence != 0) {
                glWaitSync(fence, 0, GL_TIMEOUT_IGNORED);
                glDeleteSync(fence);
            }
        }

        private static void forget(long fence) {
            if (fence != 0) {
                glDeleteSync(fence);
            }
        }

        private void free() {
            forget(drawn.getAndSet(0));
            glDeleteTextures(textures);
            for (int ignored : textures) {
                GlCount.freed();
            }
        }
    }

    /**
     * Planes to draw into, held once; null when all are with somebody. Frees those of other formats that nobody has any more. The
     * context that is current shares the window's objects.
     */
    synchronized @Nullable Place take(PictureFormat format) {
        for (int i = 0; i < places.size(); i++) {
            Place place = places.get(i);
            if (place.format.equals(format)) {
                if (place.holders.compareAndSet(0, 1)) {
                    place.settle();
                    return place;
                }
            } else if (place.holders.get() == 0) {
                place.free();
                places.remove(i--);
            }
        }
        if (places.size() == MOST) {
            return null;
        }
        Place made = new Place(format);
        made.hold();
        places.add(made);
        return made;
    }

    /** Frees all planes; the window's context is current and every engine that joined is closed. */
    @Override
    public synchronized void close() {
        places.forEach(Place::free);
        places.clear();
    }
}
