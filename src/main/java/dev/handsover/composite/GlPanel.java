package dev.handsover.composite;

import dev.handsover.composite.GlPlane.Kind;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lwjgl.system.MemoryUtil;

/**
 * Lines of text on a dark panel, drawn over what a window shows. The text is drawn anew only when it or its size changes. For
 * the context's thread.
 */
final class GlPanel implements AutoCloseable {
    /** Where a panel stands: parts of the room that is left, 0 at the left or top, 1 at the right or bottom. */
    record Place(float across, float down) {}

    private final Place place;
    private List<String> lines = List.of();
    private float em;
    private int most;
    private int foot;
    private @Nullable Lettering letters;
    private @Nullable GlPlane page;
    private int values;
    private int margin;

    GlPanel(Place place) {
        this.place = place;
    }

    /**
     * Sets the text.
     *
     * @param newLines a tab parts names from values
     * @param newEm size of the letters, pixels
     * @param room that the panel may take, pixels
     * @param newFoot rows below the text that stay free, pixels
     */
    void set(List<String> newLines, float newEm, int room, int newFoot) {
        Lettering known = letters;
        if (known == null || newEm != em) {
            known = new Lettering(newEm);
            letters = known;
        } else if (newLines.equals(lines) && most == room && foot == newFoot) {
            return;
        }
        lines = newLines;
        em = newEm;
        most = room;
        foot = newFoot;
        margin = Math.round(em * 0.7f);
        if (!lines.isEmpty()) {
            draw(known);
        }
    }

    private void draw(Lettering with) {
        int names = 0;
        for (String line : lines) {
            int tab = line.indexOf('\t');
            names = Math.max(names, tab < 0 ? 0 : with.width(line.substring(0, tab)));
        }
        values = names == 0 ? 0 : names + Math.round(em);
        int width = 0;
        for (String line : lines) {
            String value = line.substring(line.indexOf('\t') + 1);
            width = Math.max(width, with.width(value) + (line.indexOf('\t') < 0 ? 0 : values));
        }
        int columns = Math.max(2 * margin + 1, Math.min(most, width + 2 * margin));
        int rows = lines.size() * with.lineHeight() + 2 * margin + foot;
        byte[] codes = new byte[columns * rows];
        int y = margin;
        for (String line : lines) {
            int tab = line.indexOf('\t');
            if (tab >= 0) {
                with.draw(line.substring(0, tab), margin, y, codes, columns);
            }
            with.draw(line.substring(tab + 1), margin + (tab < 0 ? 0 : values), y, codes, columns);
            y += with.lineHeight();
        }
        upload(codes, columns, rows);
    }

    private void upload(byte[] codes, int columns, int rows) {
        GlPlane old = page;
        if (old == null || old.width != columns || old.height != rows) {
            if (old != null) {
                old.close();
            }
            old = new GlPlane(columns, rows, Kind.CODE);
            page = old;
        }
        ByteBuffer bytes = MemoryUtil.memAlloc(codes.length).put(codes).flip();
        old.upload(MemorySegment.ofBuffer(bytes).address(), columns);
        MemoryUtil.memFree(bytes);
    }

    boolean visible() {
        return !lines.isEmpty() && page != null;
    }

    int width() {
        return page == null ? 0 : page.width;
    }

    int height() {
        return page == null ? 0 : page.height;
    }

    int margin() {
        return margin;
    }

    /** Pixels from the target's left edge. */
    int left(int targetWidth) {
        return Math.round(margin + place.across * Math.max(0, targetWidth - 2 * margin - width()));
    }

    /** Pixels from the target's top edge. */
    int top(int targetHeight) {
        return Math.round(margin + place.down * Math.max(0, targetHeight - 2 * margin - height()));
    }

    /** Draws it over the target, a framebuffer of that size that is bound; blending of premultiplied colours is on. */
    void draw(GlProgram panel, int targetWidth, int targetHeight) {
        GlPlane text = page;
        if (text != null && !lines.isEmpty()) {
            int left = left(targetWidth);
            int bottom = targetHeight - top(targetHeight) - text.height;
            panel.with("page", text)
                    .with("corner", left, bottom)
                    .with("values", values == 0 ? 0 : margin + values - Math.round(em / 2))
                    .with("radius", (float) margin)
                    .draw(left, bottom, text.width, text.height);
        }
    }

    @Override
    public void close() {
        if (page != null) {
            page.close();
        }
    }
}
