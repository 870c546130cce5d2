package dev.handsover.composite;

import static org.lwjgl.glfw.GLFW.GLFW_ICONIFIED;
import static org.lwjgl.glfw.GLFW.GLFW_TRANSPARENT_FRAMEBUFFER;
import static org.lwjgl.glfw.GLFW.GLFW_TRUE;
import static org.lwjgl.glfw.GLFW.glfwGetFramebufferSize;
import static org.lwjgl.glfw.GLFW.glfwGetWindowAttrib;
import static org.lwjgl.glfw.GLFW.glfwMakeContextCurrent;
import static org.lwjgl.glfw.GLFW.glfwPollEvents;
import static org.lwjgl.glfw.GLFW.glfwPostEmptyEvent;
import static org.lwjgl.glfw.GLFW.glfwSetFramebufferSizeCallback;
import static org.lwjgl.glfw.GLFW.glfwSetWindowContentScaleCallback;
import static org.lwjgl.glfw.GLFW.glfwSetWindowIconifyCallback;
import static org.lwjgl.glfw.GLFW.glfwSetWindowRefreshCallback;
import static org.lwjgl.glfw.GLFW.glfwShowWindow;
import static org.lwjgl.glfw.GLFW.glfwSwapBuffers;
import static org.lwjgl.glfw.GLFW.glfwSwapInterval;
import static org.lwjgl.glfw.GLFW.glfwWaitEventsTimeout;
import static org.lwjgl.glfw.GLFW.glfwWindowShouldClose;
import static org.lwjgl.opengl.GL33C.glFinish;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.lwjgl.glfw.Callbacks;
import org.lwjgl.opengl.GL;

/**
 * A window that shows the newest picture and tells what the user does. The thread that opened it owns it, runs and closes it;
 * macOS wants that to be the program's first. {@link #show} and {@link #hud} are for every thread and never wait: what comes
 * faster than the screen is replaced, and a window that is minimised draws nothing and takes everything.
 *
 * <p>Full screen is the window's own: F or F11 goes there and back, Escape back, and none of the three arrives.
 */
public final class Window implements AutoCloseable {
    private static final double POLL_SECONDS = 0.05;

    /**
     * How a window begins.
     *
     * @param width of its inside, of a screen of ordinary density, pixels
     * @param frameless without title and border; the mouse moves it
     * @param onTop above other windows
     * @param transparent where a picture is, the desktop shows; needs a desktop that composes windows
     * @param vsync pictures change between two refreshes of the screen
     */
    public record Options(
            String title,
            int width,
            int height,
            boolean fullScreen,
            boolean frameless,
            boolean onTop,
            boolean transparent,
            boolean vsync) {
        public Options {
            if (width < 16 || height < 16 || width > 16384 || height > 16384) {
                throw Failure.usage("A window has sides from 16 to 16384 pixels, not " + width + "×" + height + ".");
            }
        }
    }

    /** What the user does, told on the window's thread between two pictures. */
    public interface Events {
        /** A key goes down or up; of those held only {@code [ ] - =} come again. Who leaves the window lets go of all keys. */
        void key(Key key, boolean down, boolean shift, boolean control);

        /** Files were dropped on the window. */
        void dropped(List<Path> files);

        /** The mouse has moved one of the {@link Hud}'s corners; fractions of the picture. */
        void corners(Look.Placement.Corners corners);

        /** The user wants the window closed; {@link #run} returns. */
        void closed();

        /** The picture of frame {@code origin} was taken then, and is on the screen since {@code now}; ns of {@link System#nanoTime}. */
        default void shown(long origin, long taken, long now) {}
    }

    private final long window;
    private final Events events;
    private final WindowShare share;
    private final Screen screen;
    private final Overlay overlay;
    private final WindowInput input;
    private final ShownTimes times = new ShownTimes();
    private final AtomicReference<@Nullable Frame> next = new AtomicReference<>();
    private final AtomicReference<@Nullable Hud> nextHud = new AtomicReference<>();
    private final AtomicLong shown = new AtomicLong();
    private final AtomicLong replaced = new AtomicLong();
    /** Held for writing once, to close; others only try. */
    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();

    private volatile boolean closed;
    private boolean stale = true;

    private Window(long window, Options options, Events events) {
        this.window = window;
        this.events = events;
        glfwMakeContextCurrent(window);
        GL.createCapabilities();
        // Wayland's compositor never tears, but makes a hidden window wait for ever: it gets no interval.
        glfwSwapInterval(options.vsync() && !Glfw.wayland() ? 1 : 0);
        this.share = WindowShare.of(window);
        this.overlay = new Overlay(times);
        this.screen = new Screen(seesThrough(), overlay);
        this.input = new WindowInput(window, events, screen);
        glfwSetFramebufferSizeCallback(window, (_, _, _) -> input.guard(this::measure));
        glfwSetWindowContentScaleCallback(window, (_, _, _) -> input.guard(this::measure));
        glfwSetWindowIconifyCallback(window, (_, _) -> stale = true);
        glfwSetWindowRefreshCallback(window, _ -> {
            stale = true;
            input.guard(this::refresh); // while the user drags a border some systems let nothing else run
        });
        measure();
        if (options.fullScreen()) {
            input.switchFullScreen();
        }
        glfwShowWindow(window);
    }

    /** Opens a window on this thread; throws a device {@code Failure} where there is no display or no OpenGL 3.3. */
    public static Window open(Options options, Events events) {
        long window = Glfw.open(options);
        try {
            return new Window(window, options, events);
        } catch (RuntimeException | Error e) {
            Glfw.close(window);
            throw e;
        }
    }

    /** Takes the frame over, to show it next; one that was not shown yet goes back unseen. Any thread; never waits. */
    public void show(Frame picture) {
        Frame old = next.getAndSet(picture);
        if (old != null) {
            old.recycle();
            replaced.incrementAndGet();
        } else {
            wake();
        }
        if (closed) {
            forget();
        }
    }

    /** Says what stands over the picture from now on. Any thread; never waits. */
    public void hud(Hud newHud) {
        nextHud.set(newHud);
        wake();
    }

    private void wake() {
        if (open.readLock().tryLock()) {
            try {
                if (!closed) {
                    glfwPostEmptyEvent();
                }
            } finally {
                open.readLock().unlock();
            }
        }
    }

    /** Gives back a picture that waits to be shown; what is on the screen stays. Any thread. */
    public void forget() {
        Frame left = next.getAndSet(null);
        if (left != null) {
            left.recycle();
        }
    }

    /**
     * Shows pictures and hands events on until the user closes the window or {@code ended} says so, which is asked at least
     * 20 times a second while the window's system answers. What {@link Events} throw ends it too and is thrown here.
     */
    public void run(BooleanSupplier ended) {
        while (!ended.getAsBoolean() && !glfwWindowShouldClose(window)) {
            if (next.get() == null && !stale) {
                glfwWaitEventsTimeout(POLL_SECONDS);
            } else {
                glfwPollEvents();
            }
            input.rethrow();
            refresh();
        }
        if (glfwWindowShouldClose(window)) {
            events.closed();
        }
    }

    /** Draws if there is anything new. */
    private void refresh() {
        if (glfwGetWindowAttrib(window, GLFW_ICONIFIED) == GLFW_TRUE) {
            forget();
            stale = false;
            return;
        }
        Hud fresh = nextHud.getAndSet(null);
        if (fresh != null) {
            overlay.set(fresh);
            input.corners(fresh.corners());
            stale = true;
        }
        stale |= input.moved();
        Frame picture = next.getAndSet(null);
        if (picture == null && !stale) {
            return;
        }
        stale = false;
        long taken = System.nanoTime();
        long captured = 0;
        long origin = -1;
        if (picture != null) {
            captured = picture.capturedNanos();
            origin = picture.origin();
            screen.take(picture);
            picture.recycle();
        }
        screen.draw(input.corners(), input.held());
        glfwSwapBuffers(window);
        // Waits for the swap: no picture queues behind another one, and the next is taken only when it can be shown.
        glFinish();
        if (picture != null) {
            shown.incrementAndGet();
            long now = System.nanoTime();
            times.shown(taken, captured, now);
            events.shown(origin, taken, now);
        }
    }

    private void measure() {
        int[] width = new int[1];
        int[] height = new int[1];
        glfwGetFramebufferSize(window, width, height);
        screen.size(width[0], height[0], input.scale());
        stale = true;
    }

    /** Whether the desktop really shows through where a picture is transparent. Window's thread. */
    public boolean seesThrough() {
        return glfwGetWindowAttrib(window, GLFW_TRANSPARENT_FRAMEBUFFER) == GLFW_TRUE;
    }

    /** What engines may use to draw where the window shows it; valid until the window closes. Any thread. */
    public WindowShare share() {
        return share;
    }

    /** Pictures that were on the screen. */
    public long shown() {
        return shown.get();
    }

    /** Pictures that a newer one replaced before they could be shown. */
    public long replaced() {
        return replaced.get();
    }

    /** Milliseconds from taking a picture to having it on the screen, at a percentile 0..100; 0 when none was shown. */
    public double presentMillis(double percentile) {
        return times.presentMillis(percentile);
    }

    /** Milliseconds from {@link Frame#capturedNanos} to the screen at a percentile 0..100; 0 when none came from a camera. */
    public double ageMillis(double percentile) {
        return times.ageMillis(percentile);
    }

    /** Closes it: what is shown later goes back at once. Window's thread. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        open.writeLock().lock();
        try {
            closed = true;
            forget();
            screen.close();
            overlay.close();
            share.close();
            Callbacks.glfwFreeCallbacks(window);
            GL.setCapabilities(null);
            glfwMakeContextCurrent(0);
            Glfw.close(window);
        } finally {
            open.writeLock().unlock();
        }
    }
}
