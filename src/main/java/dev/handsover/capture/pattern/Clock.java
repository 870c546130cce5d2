package dev.handsover.capture.pattern;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.handsover.frame.Frame;
import java.util.Locale;

/**
 * Burns the frame number and the time code in, and the number again as a strip of 24 black and white squares along the lower
 * edge, most significant first, which survives any codec.
 */
final class Clock implements PatternSource.Painter {
    static final int BITS = 24;
    private static final int BLACK = 30;
    private static final int WHITE = 220;
    /** Digits and colon, 3 × 5 pixels each, rows from the top, three bits a row. */
    private static final int[] GLYPHS = {
        0b111_101_101_101_111, 0b010_110_010_010_111, 0b111_001_111_100_111, 0b111_001_111_001_111,
                0b101_101_111_001_001,
        0b111_100_111_001_111, 0b111_100_111_101_111, 0b111_001_001_001_001, 0b111_101_111_101_111,
                0b111_101_111_001_111,
        0b000_010_000_010_000
    };

    private final int fps;

    Clock(int fps) {
        this.fps = fps;
    }

    @Override
    public void paint(long index, Frame frame) {
        frame.fill(90, 128, 128, 255);
        int cell = Math.max(1, frame.width() / (12 * 4));
        write(frame, String.format(Locale.ROOT, "%06d", index), frame.width() / 12, frame.height() / 8, 2 * cell / 2);
        long seconds = index / fps;
        String code = String.format(
                Locale.ROOT, "%02d:%02d:%02d:%02d", seconds / 3600, seconds / 60 % 60, seconds % 60, index % fps);
        write(frame, code, frame.width() / 12, frame.height() / 2, Math.max(1, cell * 3 / 4));
        int square = frame.width() / BITS;
        for (int bit = 0; bit < BITS; bit++) {
            boolean on = (index >> (BITS - 1 - bit) & 1) == 1;
            box(frame, bit * square, frame.height() - square, square, square, on ? WHITE : BLACK);
        }
    }

    /** The number in a strip, read back from the luma plane, also after encoding. */
    static long read(Frame frame) {
        int square = frame.width() / BITS;
        long number = 0;
        for (int bit = 0; bit < BITS; bit++) {
            long at =
                    (long) (frame.height() - square / 2 - 1) * frame.stride(Frame.Y) + (long) bit * square + square / 2;
            number = number << 1 | ((frame.plane(Frame.Y).get(JAVA_BYTE, at) & 0xFF) > 125 ? 1 : 0);
        }
        return number;
    }

    private static void write(Frame frame, String text, int left, int top, int scale) {
        int x = left;
        for (char c : text.toCharArray()) {
            int glyph = GLYPHS[c == ':' ? 10 : c - '0'];
            for (int bit = 0; bit < 15; bit++) {
                if ((glyph >> (14 - bit) & 1) == 1) {
                    box(frame, x + bit % 3 * scale, top + bit / 3 * scale, scale, scale, WHITE);
                }
            }
            x += 4 * scale;
        }
    }

    private static void box(Frame frame, int left, int top, int width, int height, int code) {
        for (int y = Math.max(0, top); y < Math.min(frame.height(), top + height); y++) {
            for (int x = Math.max(0, left); x < Math.min(frame.width(), left + width); x++) {
                frame.plane(Frame.Y).set(JAVA_BYTE, (long) y * frame.stride(Frame.Y) + x, (byte) code);
            }
        }
    }
}
