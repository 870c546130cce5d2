package dev.handsover.composite;

import static org.lwjgl.stb.STBTruetype.stbtt_FindGlyphIndex;
import static org.lwjgl.stb.STBTruetype.stbtt_GetFontVMetrics;
import static org.lwjgl.stb.STBTruetype.stbtt_GetGlyphBitmapBoxSubpixel;
import static org.lwjgl.stb.STBTruetype.stbtt_GetGlyphHMetrics;
import static org.lwjgl.stb.STBTruetype.stbtt_GetGlyphKernAdvance;
import static org.lwjgl.stb.STBTruetype.stbtt_InitFont;
import static org.lwjgl.stb.STBTruetype.stbtt_MakeGlyphBitmapSubpixel;
import static org.lwjgl.stb.STBTruetype.stbtt_ScaleForMappingEmToPixels;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.lwjgl.stb.STBTTFontinfo;
import org.lwjgl.system.MemoryStack;
import org.lwjgl.system.MemoryUtil;

/**
 * The program's font at one size: measures, wraps and draws lines as coverage 0..255, the same on every machine. Glyphs are
 * drawn once for each of four places within a pixel and kept; the font has some hundred, so that bounds them. One thread at a
 * time.
 */
final class Lettering {
    private static final int PHASES = 4;
    private static final String FONT = "/dev/handsover/text/DejaVuSans.ttf";

    /** The font file and what stb keeps about it stay for the life of the process. */
    private static final class Face {
        static final Face ONLY = new Face();
        final STBTTFontinfo info = STBTTFontinfo.malloc();
        final ByteBuffer file;

        private Face() {
            try (InputStream in = Lettering.class.getResourceAsStream(FONT)) {
                if (in == null) {
                    throw new IllegalStateException("the program lacks its font " + FONT);
                }
                byte[] bytes = in.readAllBytes();
                file = MemoryUtil.memAlloc(bytes.length).put(bytes).flip();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            if (!stbtt_InitFont(info, file)) {
                throw new IllegalStateException("the program's font cannot be read");
            }
        }
    }

    /** One character's coverage, {@code left} and {@code top} from the pen's pixel on the baseline. */
    @SuppressWarnings("ArrayRecordComponent") // private, never compared
    private record Glyph(byte[] codes, int width, int height, int left, int top) {}

    private final STBTTFontinfo font = Face.ONLY.info;
    private final Map<Integer, Glyph> glyphs = new HashMap<>();
    private final float scale;
    private final int ascent;
    private final int descent;
    private final int leading;

    /** @param size of an em, pixels; moved a little, so that small letters are whole pixels high and stay sharp */
    Lettering(float size) {
        float rough = stbtt_ScaleForMappingEmToPixels(font, size);
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer left = stack.mallocInt(1);
            IntBuffer low = stack.mallocInt(1);
            IntBuffer right = stack.mallocInt(1);
            IntBuffer high = stack.mallocInt(1);
            stbtt_GetGlyphBitmapBoxSubpixel(font, stbtt_FindGlyphIndex(font, 'x'), 1, 1, 0, 0, left, high, right, low);
            float small = -high.get(0);
            scale = Math.max(4, Math.round(small * rough)) / small;
            stbtt_GetFontVMetrics(font, left, low, right);
            ascent = (int) Math.ceil(left.get(0) * scale);
            descent = (int) Math.ceil(-low.get(0) * scale);
            leading = Math.round(0.15f * size);
        }
    }

    /** Pixels from one line's top to the next one's. */
    int lineHeight() {
        return ascent + descent + leading;
    }

    /** Pixels that a line is wide, rounded up. */
    int width(String line) {
        return (int) Math.ceil(walk(line, 0, 0, new byte[0], 0));
    }

    /**
     * Draws one line, adding to what is there; what does not fit is cut off.
     *
     * @param x of its left edge, pixels
     * @param top of the line, pixels
     * @param page coverage, rows of {@code columns} without gaps
     */
    void draw(String line, float x, int top, byte[] page, int columns) {
        walk(line, x, top + leading / 2 + ascent, page, columns);
    }

    /** Moves the pen over a line and returns where it ends. */
    private float walk(String line, float start, int baseline, byte[] page, int columns) {
        float pen = start;
        int before = 0;
        for (int code : line.codePoints().toArray()) {
            int glyph = stbtt_FindGlyphIndex(font, code);
            if (before != 0) {
                pen += scale * stbtt_GetGlyphKernAdvance(font, before, glyph);
            }
            if (columns > 0) {
                int quarters = Math.round(pen * PHASES);
                ink(glyph, Math.floorMod(quarters, PHASES), Math.floorDiv(quarters, PHASES), baseline, page, columns);
            }
            pen += scale * advance(glyph);
            before = glyph;
        }
        return pen;
    }

    private int advance(int glyph) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer advance = stack.mallocInt(1);
            stbtt_GetGlyphHMetrics(font, glyph, advance, stack.mallocInt(1));
            return advance.get(0);
        }
    }

    private void ink(int index, int phase, int x, int baseline, byte[] page, int columns) {
        Glyph glyph = glyphs.computeIfAbsent(index * PHASES + phase, _ -> render(index, phase));
        int rows = page.length / columns;
        for (int j = 0; j < glyph.height; j++) {
            int y = baseline + glyph.top + j;
            for (int i = 0; i < glyph.width && y >= 0 && y < rows; i++) {
                int at = x + glyph.left + i;
                if (at >= 0 && at < columns) {
                    int sum = (page[y * columns + at] & 255) + (glyph.codes[j * glyph.width + i] & 255);
                    page[y * columns + at] = (byte) Math.min(255, sum);
                }
            }
        }
    }

    private Glyph render(int glyph, int phase) {
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer left = stack.mallocInt(1);
            IntBuffer top = stack.mallocInt(1);
            IntBuffer right = stack.mallocInt(1);
            IntBuffer bottom = stack.mallocInt(1);
            float shift = (float) phase / PHASES;
            stbtt_GetGlyphBitmapBoxSubpixel(font, glyph, scale, scale, shift, 0, left, top, right, bottom);
            int width = right.get(0) - left.get(0);
            int height = bottom.get(0) - top.get(0);
            byte[] codes = new byte[width * height];
            if (codes.length > 0) {
                ByteBuffer drawn = MemoryUtil.memAlloc(codes.length);
                stbtt_MakeGlyphBitmapSubpixel(font, drawn, width, height, width, scale, scale, shift, 0, glyph);
                drawn.get(codes);
                MemoryUtil.memFree(drawn);
            }
            return new Glyph(codes, width, height, left.get(0), top.get(0));
        }
    }

    /** Breaks a text at its spaces, and within words that are too long, into lines of at most so many pixels. */
    List<String> wrap(String text, int width) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : text.split("\n")) {
            String line = "";
            for (String word : paragraph.strip().split(" +")) {
                String longer = line.isEmpty() ? word : line + " " + word;
                if (width(longer) <= width) {
                    line = longer;
                    continue;
                }
                if (!line.isEmpty()) {
                    lines.add(line);
                }
                line = word;
                while (width(line) > width && line.length() > 1) {
                    int cut = fitting(line, width);
                    lines.add(line.substring(0, cut));
                    line = line.substring(cut);
                }
            }
            lines.add(line);
        }
        return lines;
    }

    /** How many characters of a word fit, at least one. */
    int fitting(String word, int width) {
        int cut = word.length();
        while (cut > 1 && width(word.substring(0, cut)) > width) {
            cut = word.offsetByCodePoints(cut, -1);
        }
        return Math.max(cut, word.offsetByCodePoints(0, 1));
    }
}
