package dev.handsover.composite;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A sentence on a dark rounded panel in the middle of a picture, for those who look at the outputs: "The camera is unplugged;
 * waiting for it." Prepared when the text or the picture's format changes, then two multiplications a pixel of the panel, no
 * OpenGL; the same text gives the same bytes. One thread at a time.
 */
public final class Card {
    private static final double PANEL = 0.85;
    private static final double DARK = 0.07;
    private static final int NEUTRAL = 128;

    private @Nullable Prepared prepared;

    /**
     * Draws the card over what the picture shows; only its one holder may.
     *
     * @param text wrapped at its spaces, small where it is long, cut where even that does not do
     */
    public void draw(Frame picture, String text) {
        Prepared known = prepared;
        if (known == null || !known.text.equals(text) || !known.format.equals(picture.format())) {
            known = new Prepared(picture.format(), text);
            prepared = known;
        }
        known.blend(picture);
    }

    /** How each sample under the panel changes: {@code add + keep · before / 255}. */
    private static final class Prepared {
        final PictureFormat format;
        final String text;
        private final int left;
        private final int top;
        private final int columns;
        private final int rows;
        private final byte[] keep;
        private final byte[] add;
        private final int chromaColumns;
        private final int chromaRows;
        private final byte[] keepChroma;

        Prepared(PictureFormat format, String text) {
            this.format = format;
            this.text = text;
            Block block = Block.fitting(text, format);
            int margin = block.letters.lineHeight() / 2;
            int even = format.chroma().shift;
            columns = Math.min(format.width(), block.width + 4 * margin) >> even << even;
            rows = Math.min(format.height(), block.height() + 2 * margin) >> even << even;
            left = (format.width() - columns) / 2 >> even << even;
            top = (format.height() - rows) / 2 >> even << even;
            keep = new byte[columns * rows];
            add = new byte[columns * rows];
            cover(block.draw(columns, rows), margin);
            chromaColumns = columns >> even;
            chromaRows = rows >> even;
            keepChroma = new byte[chromaColumns * chromaRows];
            for (int y = 0; y < chromaRows; y++) {
                for (int x = 0; x < chromaColumns; x++) {
                    keepChroma[y * chromaColumns + x] = (byte) mean(x << even, y << even, 1 << even);
                }
            }
        }

        private int mean(int x, int y, int side) {
            int sum = 0;
            for (int j = 0; j < side; j++) {
                for (int i = 0; i < side; i++) {
                    sum += keep[(y + j) * columns + x + i] & 255;
                }
            }
            return (sum + side * side / 2) / (side * side);
        }

        private void cover(byte[] letters, int radius) {
            double black = format.color().lumaOffset();
            double dark = black + DARK * format.color().lumaSpan();
            double white = black + format.color().lumaSpan();
            for (int y = 0; y < rows; y++) {
                for (int x = 0; x < columns; x++) {
                    double ink = (letters[y * columns + x] & 255) / 255.0;
                    double panel = PANEL * inside(x + 0.5, y + 0.5, radius);
                    double rest = (1 - panel) * (1 - ink);
                    keep[y * columns + x] = (byte) Math.round(255 * rest);
                    add[y * columns + x] = (byte) Math.round(panel * dark * (1 - ink) + white * ink);
                }
            }
        }

        /** 1 within the rounded rectangle, 0 without, between on its edge. */
        private double inside(double x, double y, double radius) {
            double across = Math.max(0, Math.abs(x - columns / 2.0) - (columns / 2.0 - radius));
            double down = Math.max(0, Math.abs(y - rows / 2.0) - (rows / 2.0 - radius));
            return Math.clamp(radius - Math.hypot(across, down) + 0.5, 0, 1);
        }

        void blend(Frame picture) {
            int shift = format.chroma().shift;
            if (format.alpha()) {
                blendChromaStraight(picture, Frame.U, shift);
                blendChromaStraight(picture, Frame.V, shift);
                blendLumaStraight(picture);
                return;
            }
            for (int y = 0; y < rows; y++) {
                long at = picture.address(Frame.Y) + (long) (top + y) * picture.stride(Frame.Y) + left;
                for (int x = 0; x < columns; x++) {
                    int i = y * columns + x;
                    int value = (add[i] & 255) + ((keep[i] & 255) * Memory.get(at + x) + 127) / 255;
                    Memory.set(at + x, Math.min(255, value));
                }
            }
            for (int plane = Frame.U; plane <= Frame.V; plane++) {
                for (int y = 0; y < chromaRows; y++) {
                    long at = picture.address(plane)
                            + (long) ((top >> shift) + y) * picture.stride(plane)
                            + (left >> shift);
                    for (int x = 0; x < chromaColumns; x++) {
                        int rest = keepChroma[y * chromaColumns + x] & 255;
                        int value = (NEUTRAL * (255 - rest) + rest * Memory.get(at + x) + 127) / 255;
                        Memory.set(at + x, value);
                    }
                }
            }
        }

        private void blendLumaStraight(Frame picture) {
            for (int y = 0; y < rows; y++) {
                long at = picture.address(Frame.Y) + (long) (top + y) * picture.stride(Frame.Y) + left;
                long alphaAt = picture.address(Frame.A) + (long) (top + y) * picture.stride(Frame.A) + left;
                for (int x = 0; x < columns; x++) {
                    int i = y * columns + x;
                    int rest = (keep[i] & 255) * Memory.get(alphaAt + x);
                    int alpha = 255 * (255 - (keep[i] & 255)) + rest;
                    if (alpha > 0) {
                        int value = (255 * 255 * (add[i] & 255) + rest * Memory.get(at + x) + alpha / 2) / alpha;
                        Memory.set(at + x, Math.min(255, value));
                    }
                    Memory.set(alphaAt + x, (alpha + 127) / 255);
                }
            }
        }

        private void blendChromaStraight(Frame picture, int plane, int shift) {
            for (int y = 0; y < chromaRows; y++) {
                long at =
                        picture.address(plane) + (long) ((top >> shift) + y) * picture.stride(plane) + (left >> shift);
                for (int x = 0; x < chromaColumns; x++) {
                    int keeps = keepChroma[y * chromaColumns + x] & 255;
                    int rest = keeps * alphaOf(picture, left + (x << shift), top + (y << shift), 1 << shift);
                    int alpha = 255 * (255 - keeps) + rest;
                    if (alpha > 0) {
                        int card = 255 * (255 - keeps);
                        Memory.set(at + x, (NEUTRAL * card + rest * Memory.get(at + x) + alpha / 2) / alpha);
                    }
                }
            }
        }

        private static int alphaOf(Frame picture, int x, int y, int side) {
            int sum = 0;
            for (int j = 0; j < side; j++) {
                long at = picture.address(Frame.A) + (long) (y + j) * picture.stride(Frame.A) + x;
                for (int i = 0; i < side; i++) {
                    sum += Memory.get(at + i);
                }
            }
            return (sum + side * side / 2) / (side * side);
        }
    }

    /** The text in lines that fit into a picture, each to be centred. */
    private record Block(Lettering letters, List<String> lines, int width) {
        private static final float SMALLEST = 11;

        static Block fitting(String text, PictureFormat format) {
            float size = Math.max(SMALLEST, Math.min(format.height() / 20f, format.width() / 28f));
            while (true) {
                Lettering letters = new Lettering(size);
                int room = Math.max(1, format.width() * 4 / 5 - 2 * letters.lineHeight());
                List<String> lines = letters.wrap(text, room);
                int most = Math.max(1, format.height() * 9 / 10 / letters.lineHeight() - 1);
                if (lines.size() <= most || size <= SMALLEST) {
                    List<String> shown = lines.subList(0, Math.min(lines.size(), most));
                    int width = shown.stream().mapToInt(letters::width).max().orElse(0);
                    return new Block(letters, shown, width);
                }
                size = Math.max(SMALLEST, size * 0.85f);
            }
        }

        int height() {
            return lines.size() * letters.lineHeight();
        }

        byte[] draw(int columns, int rows) {
            byte[] page = new byte[columns * rows];
            int y = (rows - height()) / 2;
            for (String line : lines) {
                letters.draw(line, Math.round((columns - letters.width(line)) / 2f), y, page, columns);
                y += letters.lineHeight();
            }
            return page;
        }
    }
}
