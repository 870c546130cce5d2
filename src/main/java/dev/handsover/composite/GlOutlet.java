package dev.handsover.composite;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a compositor's finished pictures go: down into memory, across to a window that shares the device's objects, or both. For
 * the context's thread.
 */
final class GlOutlet implements AutoCloseable {
    private static final GlPlane[] NONE = {};

    private final GlTransfer transfer;
    private final PictureFormat canvas;
    private final GlPlane[] own;
    private final @Nullable WindowShare window;
    private final Map<WindowShare.Place, GlPlane[]> known = new HashMap<>();
    /** Of each picture that was asked for: where the window finds it, and whether it comes down. */
    private final WindowShare.@Nullable Place[] across;

    private final boolean[] down;
    private WindowShare.@Nullable Place next;
    private boolean pixels = true;

    /**
     * @param transfer brings pictures down; stays the caller's
     * @param own planes for pictures that no window draws from
     * @param window that pictures go to, or null
     * @param ahead pictures that may be asked for and not yet fetched, beside one
     */
    GlOutlet(GlTransfer transfer, PictureFormat canvas, GlPlane[] own, @Nullable WindowShare window, int ahead) {
        this.transfer = transfer;
        this.canvas = canvas;
        this.own = own;
        this.window = window;
        this.across = new WindowShare.@Nullable Place[ahead + 1];
        this.down = new boolean[ahead + 1];
    }

    /** Whether anybody but the window wants the pixels of the pictures from the next one on. */
    void pixels(boolean wanted) {
        pixels = wanted;
    }

    /** The planes that the next picture is to be drawn into. */
    GlPlane[] target() {
        WindowShare.Place place = window == null ? null : window.take(canvas);
        next = place;
        if (place == null) {
            return own;
        }
        GlPlane[] planes = known.get(place);
        if (planes == null) {
            planes = place.planes();
            known.put(place, planes);
        }
        return planes;
    }

    /**
     * Asks for the picture that was drawn into {@link #target}.
     *
     * @param figures one cell of four numbers that come with it, or none
     * @return its place, for {@link #fetch}
     */
    int ask(GlPlane[] drawn, @Nullable GlPlane figures) {
        // a window without a free place gets its picture from memory
        boolean wanted = pixels || window != null && next == null;
        int place = transfer.ask(wanted ? drawn : NONE, figures);
        drop(place);
        across[place] = next;
        down[place] = wanted;
        next = null;
        return place;
    }

    /** Hands a picture over, with the numbers that came with it. */
    void fetch(int place, Frame picture, float[] figures) {
        transfer.fetch(place, down[place] ? own : NONE, picture, figures);
        WindowShare.Place there = across[place];
        if (there != null) {
            across[place] = null;
            picture.onDevice(there, down[place]);
        } else if (!down[place]) {
            picture.onDevice(null, false);
        }
    }

    /** A picture that nobody fetched, since its frame failed. */
    private void drop(int place) {
        WindowShare.Place there = across[place];
        if (there != null) {
            across[place] = null;
            there.release();
        }
    }

    @Override
    public void close() {
        for (int place = 0; place < across.length; place++) {
            drop(place);
        }
        if (next != null) {
            next.release();
        }
        known.values().forEach(planes -> {
            for (GlPlane plane : planes) {
                plane.close();
            }
        });
    }
}
