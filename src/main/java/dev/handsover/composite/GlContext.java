package dev.handsover.composite;

import static org.lwjgl.egl.EGL10.EGL_ALPHA_SIZE;
import static org.lwjgl.egl.EGL10.EGL_NONE;
import static org.lwjgl.egl.EGL10.EGL_NO_CONTEXT;
import static org.lwjgl.egl.EGL10.EGL_NO_SURFACE;
import static org.lwjgl.egl.EGL10.EGL_SURFACE_TYPE;
import static org.lwjgl.egl.EGL10.eglChooseConfig;
import static org.lwjgl.egl.EGL10.eglCreateContext;
import static org.lwjgl.egl.EGL10.eglDestroyContext;
import static org.lwjgl.egl.EGL10.eglMakeCurrent;
import static org.lwjgl.egl.EGL12.EGL_RENDERABLE_TYPE;
import static org.lwjgl.egl.EGL12.eglBindAPI;
import static org.lwjgl.egl.EGL14.EGL_OPENGL_API;
import static org.lwjgl.egl.EGL14.EGL_OPENGL_BIT;
import static org.lwjgl.egl.EGL15.EGL_CONTEXT_MAJOR_VERSION;
import static org.lwjgl.egl.EGL15.EGL_CONTEXT_MINOR_VERSION;
import static org.lwjgl.egl.EGL15.EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT;
import static org.lwjgl.egl.EGL15.EGL_CONTEXT_OPENGL_PROFILE_MASK;

import dev.handsover.frame.Failure;
import java.nio.IntBuffer;
import org.jspecify.annotations.Nullable;
import org.lwjgl.PointerBuffer;
import org.lwjgl.opengl.GL;
import org.lwjgl.opengl.GL33C;
import org.lwjgl.opengl.GLCapabilities;
import org.lwjgl.system.MemoryStack;

/**
 * An OpenGL context of core profile 3.3 or newer without any window, on a device that EGL lists; hardware is preferred. The
 * thread that opened it owns it until it {@link #leave}s it.
 */
final class GlContext implements AutoCloseable {
    private static final ThreadLocal<@Nullable GlContext> ENTERED = new ThreadLocal<>();

    private final long display;
    private final long context;
    private final GLCapabilities capabilities;
    private final String name;
    private final boolean software;

    private GlContext(long display, long context) {
        this.display = display;
        this.context = context;
        if (!eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context)) {
            eglDestroyContext(display, context);
            throw Failure.device("OpenGL without a window does not work here; use --compositor cpu.");
        }
        ENTERED.set(this);
        this.capabilities = GL.createCapabilities();
        String renderer = String.valueOf(GL33C.glGetString(GL33C.GL_RENDERER));
        this.name = renderer.replaceFirst(" \\(.*", "") + ", OpenGL "
                + String.valueOf(GL33C.glGetString(GL33C.GL_VERSION)).replaceFirst(" .*", "");
        this.software = software(renderer);
    }

    /** Opens a context on the best device and makes it current; throws a device {@code Failure} when there is none. */
    static GlContext open() {
        return open(GlDevice.NONE);
    }

    /**
     * The same on the device of a card where EGL lists it, else on the best.
     *
     * @param cuda the card's number as CUDA counts, or {@link GlDevice#NONE}
     */
    static GlContext open(int cuda) {
        GlContext found = null;
        try {
            for (GlDevice device : GlDevice.inOrder(GlDevice.all(), cuda)) {
                GlContext next = on(device.display());
                if (next != null && (found == null || found.software && !next.software)) {
                    if (found != null) {
                        found.close();
                    }
                    found = next;
                } else if (next != null) {
                    next.close();
                }
                if (found != null && device.is(cuda)) {
                    break;
                }
            }
        } catch (UnsatisfiedLinkError | IllegalStateException | NoClassDefFoundError e) {
            throw Failure.device(
                    "There is no EGL here, which OpenGL without a window needs; install libegl1, or use --compositor cpu.");
        }
        if (found == null) {
            throw Failure.device("No device here offers OpenGL 3.3; install its driver (libgl1-mesa-dri), or use"
                    + " --compositor cpu.");
        }
        found.enter();
        return found;
    }

    private static @Nullable GlContext on(long display) {
        eglBindAPI(EGL_OPENGL_API);
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer wanted =
                    stack.ints(EGL_SURFACE_TYPE, 0, EGL_RENDERABLE_TYPE, EGL_OPENGL_BIT, EGL_ALPHA_SIZE, 0, EGL_NONE);
            PointerBuffer configs = stack.mallocPointer(1);
            IntBuffer count = stack.mallocInt(1);
            boolean chosen = eglChooseConfig(display, wanted, configs, count) && count.get(0) > 0;
            return chosen ? open(display, configs.get(0), EGL_NO_CONTEXT) : null;
        }
    }

    /**
     * Opens a context of OpenGL 4.5, or 3.3, and makes it current; null when the display has none.
     *
     * @param shared the context whose objects it shares, of the same display; or none
     */
    static @Nullable GlContext open(long display, long config, long shared) {
        eglBindAPI(EGL_OPENGL_API);
        try (MemoryStack stack = MemoryStack.stackPush()) {
            for (int minor = 5; minor >= 0; minor -= 5) {
                IntBuffer attributes = stack.ints(
                        EGL_CONTEXT_MAJOR_VERSION,
                        minor == 5 ? 4 : 3,
                        EGL_CONTEXT_MINOR_VERSION,
                        minor == 5 ? 5 : 3,
                        EGL_CONTEXT_OPENGL_PROFILE_MASK,
                        EGL_CONTEXT_OPENGL_CORE_PROFILE_BIT,
                        EGL_NONE);
                long context = eglCreateContext(display, config, shared, attributes);
                if (context != EGL_NO_CONTEXT) {
                    return new GlContext(display, context);
                }
            }
            return null;
        }
    }

    /** Makes this context the thread's; costs next to nothing where it is already. */
    void enter() {
        if (ENTERED.get() == this && current()) {
            return;
        }
        eglBindAPI(EGL_OPENGL_API);
        if (!eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, context)) {
            throw new IllegalStateException("the graphics device is lost, or another thread has its context");
        }
        ENTERED.set(this);
        GL.setCapabilities(capabilities);
    }

    /** Makes no context the thread's, so that another thread can enter this one. */
    void leave() {
        if (ENTERED.get() == this) {
            ENTERED.remove();
            GL.setCapabilities(null);
            eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
        }
    }

    /** False once another context, a window's for one, was made the thread's; asked without EGL, whose calls allocate. */
    private boolean current() {
        try {
            return GL.getCapabilities() == capabilities;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** {@code llvmpipe, OpenGL 4.5}. */
    String name() {
        return name;
    }

    /** Whether a renderer of that name is the CPU. */
    static boolean software(String renderer) {
        return renderer.matches("(?i).*(llvmpipe|softpipe|swrast).*");
    }

    /** True when the CPU draws. */
    boolean software() {
        return software;
    }

    /** Buffers that stay mapped: OpenGL 4.4. */
    boolean persistentMapping() {
        return capabilities.GL_ARB_buffer_storage;
    }

    /** Compute shaders, and buffers that both they and the processor reach: OpenGL 4.4. */
    boolean compute() {
        return capabilities.OpenGL44;
    }

    @Override
    public void close() {
        ENTERED.remove();
        GL.setCapabilities(null);
        eglMakeCurrent(display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
        eglDestroyContext(display, context);
    }
}
