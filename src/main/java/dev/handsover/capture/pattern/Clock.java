package dev.handsover.capture.pattern;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.handsover.frame.Frame;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/**
 * Burns the frame number and the time code in, for people in digits and for programs as a {@link TimeCode}; live, the code's
 * moment is that of the machine's clock at which the frame was due.
 */
final class Clock implements PatternSource.Painter {
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
    private final boolean live;
    private long momentMicros;

    Clock(int fps, boolean live) {
        this.fps = fps;
        this.live = live;
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
        TimeCode.write(frame, index, live ? momentMicros : index * 1_000_000 / fps, live);
    }

    @Override
    public void moment(long capturedNanos) {
        momentMicros = wallMicros(capturedNanos);
    }

    /** A moment of {@link System#nanoTime} on the machine's clock, µs since 1970. */
    static long wallMicros(long nanos) {
        Instant now = Instant.now();
        long micros = TimeUnit.SECONDS.toMicros(now.getEpochSecond()) + now.getNano() / 1000;
        return micros + (nanos - System.nanoTime()) / 1000;
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
