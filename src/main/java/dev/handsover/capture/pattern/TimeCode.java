package dev.handsover.capture.pattern;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.handsover.frame.Frame;
import org.jspecify.annotations.Nullable;

/**
 * A frame's number and moment as four rows of 24 squares along the lower edge, which survive scaling, coding and a camera: a row
 * that alternates, to be found by; 16 bits of time and a check of 8; 24 bits of time; 24 bits of number, most significant first.
 * One thread uses a reader.
 */
public final class TimeCode {
    static final int CELLS = 24;
    static final int ROWS = 4;
    private static final int BLACK = 30;
    private static final int WHITE = 220;
    private static final int MIDDLE = 125;
    private static final long WALL = 1L << 39;
    private static final long MICROS = WALL - 1;
    private static final int BYTE = 0xFF;
    private static final int THREE = 0xFFFFFF;
    /** Neighbouring runs of the alternating row differ by no more than this factor. */
    private static final double EVEN = 1.5;
    /** The outermost cells may run into what is beside them. */
    private static final int SURE = CELLS - 3;

    private double left;
    private double top;
    private double cellWidth;
    private double cellHeight;
    private boolean found;
    /** Where the runs of a line begin that are of about one length. */
    private final int[] edges = new int[CELLS + 4];

    /**
     * What a code says.
     *
     * @param number of the frame, modulo 2²⁴
     * @param wall the moment is of the machine's clock, else counted from the pattern's beginning
     * @param micros the moment, modulo 2³⁹ µs, which is six days
     */
    public record Reading(long number, boolean wall, long micros) {
        /** How long ago that was, µs, by the same clock; the code wraps around every six days. */
        public long ageMicros(long nowMicros) {
            long age = nowMicros - micros & MICROS;
            return age > MICROS / 2 ? age - MICROS - 1 : age;
        }
    }

    /** The side of a square in a frame of that size. */
    static int square(int width, int height) {
        return Math.max(1, Math.min(width / CELLS, height / (2 * ROWS)));
    }

    /** Paints it into the luma plane. */
    static void write(Frame frame, long number, long micros, boolean wall) {
        long moment = micros & MICROS | (wall ? WALL : 0);
        int square = square(frame.width(), frame.height());
        int up = frame.height() - ROWS * square;
        row(frame, up, square, 0xAAAAAA);
        row(frame, up + square, square, (int) (moment >> 24) << 8 | check(number & THREE, moment));
        row(frame, up + 2 * square, square, (int) (moment & THREE));
        row(frame, up + 3 * square, square, (int) (number & THREE));
    }

    private static void row(Frame frame, int top, int square, int bits) {
        for (int cell = 0; cell < CELLS; cell++) {
            byte code = (byte) ((bits >> (CELLS - 1 - cell) & 1) == 1 ? WHITE : BLACK);
            for (int y = top; y < top + square; y++) {
                long at = (long) y * frame.stride(Frame.Y) + (long) cell * square;
                frame.plane(Frame.Y).asSlice(at, square).fill(code);
            }
        }
    }

    private static int check(long number, long moment) {
        long mixed = (number * 0x9E3779B97F4A7C15L ^ moment) * 0xC2B2AE3D27D4EB4FL;
        return (int) (mixed >>> 56) & BYTE;
    }

    /** The code of a frame of any size; null when there is none that can be read. */
    public @Nullable Reading read(Frame frame) {
        if (found) {
            Reading again = decode(frame, left, top, cellWidth, cellHeight);
            if (again != null) {
                return again;
            }
        }
        int square = square(frame.width(), frame.height());
        Reading plain = keep(frame, 0, frame.height() - (double) ROWS * square, square, square);
        if (plain != null) {
            return plain;
        }
        for (int y = 1; y < frame.height(); y += 2) {
            Reading searched = search(frame, y);
            if (searched != null) {
                return searched;
            }
        }
        return null;
    }

    private @Nullable Reading keep(Frame frame, double x, double y, double w, double h) {
        Reading reading = decode(frame, x, y, w, h);
        if (reading != null) {
            left = x;
            top = y;
            cellWidth = w;
            cellHeight = h;
            found = true;
        }
        return reading;
    }

    /** Looks for the alternating row on one line. */
    private @Nullable Reading search(Frame frame, int y) {
        int width = frame.width();
        int start = 0;
        int first = 0;
        int even = 0;
        double length = 0;
        for (int x = 1; x <= width; x++) {
            if (x < width && light(frame, x, y) == light(frame, x - 1, y)) {
                continue;
            }
            int run = x - start;
            boolean fits = even > 0 && run <= length * EVEN && run >= length / EVEN;
            if (!fits) {
                Reading reading = even >= SURE ? at(frame, y, even) : null;
                if (reading != null) {
                    return reading;
                }
                first = start;
                even = 0;
            }
            edges[Math.min(even, edges.length - 1)] = start;
            even++;
            length = (x - first) / (double) even;
            start = x;
        }
        return even >= SURE ? at(frame, y, even) : null;
    }

    /** Tries the code whose alternating row has so many runs on line y; the outer two may hold what is beside it. */
    private @Nullable Reading at(Frame frame, int y, int even) {
        if (even > edges.length) {
            return null;
        }
        int from = edges[1];
        int runs = even - 2;
        double cell = (edges[even - 1] - from) / (double) runs;
        if (cell < 2) {
            return null;
        }
        // what lies above the code is dark, so a white cell shows where the row begins and how tall it is
        int white = light(frame, (int) (from + cell / 2), y) ? 0 : 1;
        int up = y;
        while (up > 0 && light(frame, (int) (from + (white + 0.5) * cell), up - 1)) {
            up--;
        }
        double tall = tallness(frame, from + (white + 0.5) * cell, 2 * cell, up, (runs - white) / 2);
        // the first cells may have run into what is beside the code
        for (int before = 0; before <= CELLS - SURE + 2; before++) {
            Reading reading = keep(frame, from - before * cell, up, cell, tall);
            if (reading != null) {
                return reading;
            }
        }
        return null;
    }

    /** How far down the shortest of some white cells reaches. */
    private static double tallness(Frame frame, double from, double step, int up, int cells) {
        int least = frame.height();
        for (int cell = 0; cell < cells; cell++) {
            int x = (int) (from + cell * step);
            int down = up;
            while (down < frame.height() && light(frame, x, down)) {
                down++;
            }
            least = Math.min(least, down - up);
        }
        return Math.max(1, least);
    }

    private static @Nullable Reading decode(Frame frame, double x, double y, double w, double h) {
        if (x < -w / 2
                || y < -h / 2
                || x + CELLS * w > frame.width() + w / 2
                || y + ROWS * h > frame.height() + h / 2) {
            return null;
        }
        if (bits(frame, x, y, w, h, 0) != 0xAAAAAA) {
            return null;
        }
        long high = bits(frame, x, y, w, h, 1);
        long moment = high >> 8 << 24 | bits(frame, x, y, w, h, 2);
        long number = bits(frame, x, y, w, h, 3);
        return (high & BYTE) == check(number, moment)
                ? new Reading(number, (moment & WALL) != 0, moment & MICROS)
                : null;
    }

    private static long bits(Frame frame, double x, double y, double w, double h, int row) {
        long bits = 0;
        for (int cell = 0; cell < CELLS; cell++) {
            bits = bits << 1 | (mean(frame, x + (cell + 0.5) * w, y + (row + 0.5) * h, w, h) > MIDDLE ? 1 : 0);
        }
        return bits;
    }

    /** Over the middle of a cell. */
    private static int mean(Frame frame, double x, double y, double w, double h) {
        int sum = 0;
        int count = 0;
        for (int dy = -1; dy <= 1; dy++) {
            for (int dx = -1; dx <= 1; dx++) {
                sum += luma(frame, (int) (x + dx * w / 6), (int) (y + dy * h / 6));
                count++;
            }
        }
        return sum / count;
    }

    private static boolean light(Frame frame, int x, int y) {
        return luma(frame, x, y) > MIDDLE;
    }

    private static int luma(Frame frame, int x, int y) {
        long row = Math.clamp(y, 0, frame.height() - 1);
        long column = Math.clamp(x, 0, frame.width() - 1);
        return frame.plane(Frame.Y).get(JAVA_BYTE, row * frame.stride(Frame.Y) + column) & BYTE;
    }
}
