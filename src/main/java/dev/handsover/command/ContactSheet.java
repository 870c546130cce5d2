package dev.handsover.command;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.PictureFormat.Chroma;
import dev.handsover.frame.Rational;
import dev.handsover.frame.StreamFormat;
import dev.handsover.sink.Output;
import dev.handsover.sink.Sink;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Small copies of many pictures in one, row by row. */
final class ContactSheet implements AutoCloseable {
    private static final int GAP = 4;
    private static final int PAPER = 235;
    private final int cellWidth;
    private final int cellHeight;
    private final PictureFormat format;
    private final FramePool pool;
    private final Frame sheet;

    /** A sheet of {@code columns × rows} cells in these colours. */
    ContactSheet(int columns, int rows, int cellWidth, int cellHeight, ColorSpec color) throws InterruptedException {
        this.cellWidth = cellWidth;
        this.cellHeight = cellHeight;
        this.format = new PictureFormat(
                columns * (cellWidth + GAP) + GAP,
                rows * (cellHeight + GAP) + GAP,
                Chroma.C444,
                false,
                color,
                Rational.ONE);
        this.pool = new FramePool(format, 1);
        this.sheet = pool.take();
        sheet.fill(PAPER, 128, 128, 255);
    }

    /** Puts a picture into a cell, as large as it fits, each pixel the mean of those that it stands for. */
    void put(int column, int row, Frame picture) {
        double scale = Math.min((double) cellWidth / picture.width(), (double) cellHeight / picture.height());
        int width = (int) (picture.width() * scale);
        int height = (int) (picture.height() * scale);
        int left = GAP + column * (cellWidth + GAP) + (cellWidth - width) / 2;
        int top = GAP + row * (cellHeight + GAP) + (cellHeight - height) / 2;
        float[] toRgb = picture.format().color().toRgbMatrix();
        int[] codes = new int[3];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                for (int plane = 0; plane < 3; plane++) {
                    codes[plane] = mean(picture, plane, x, y, width, height);
                }
                set(left + x, top + y, toRgb, codes);
            }
        }
    }

    /** Pictures may have other colours than the sheet. */
    private void set(int x, int y, float[] toRgb, int[] codes) {
        double[] rgb = new double[3];
        for (int i = 0; i < 3; i++) {
            rgb[i] = toRgb[4 * i] * codes[0]
                    + toRgb[4 * i + 1] * codes[1]
                    + toRgb[4 * i + 2] * codes[2]
                    + toRgb[4 * i + 3];
        }
        double[] yuv = format.color().toYuv(rgb[0], rgb[1], rgb[2]);
        for (int plane = 0; plane < 3; plane++) {
            sheet.plane(plane).set(ValueLayout.JAVA_BYTE, (long) y * sheet.stride(plane) + x, (byte)
                    Math.clamp(Math.round(yuv[plane]), 0, 255));
        }
    }

    /** Of the samples that cell (x, y) of {@code width × height} covers. */
    private static int mean(Frame picture, int plane, int x, int y, int width, int height) {
        int columns = picture.format().planeWidth(plane);
        int rows = picture.format().planeHeight(plane);
        return meanOf(
                picture,
                plane,
                x * columns / width,
                (x + 1) * columns / width,
                y * rows / height,
                (y + 1) * rows / height);
    }

    private static int meanOf(Frame picture, int plane, int left, int right, int top, int bottom) {
        int sum = 0;
        int count = 0;
        for (int y = top; y < Math.max(bottom, top + 1); y++) {
            for (int x = left; x < Math.max(right, left + 1); x++) {
                sum += picture.plane(plane).get(ValueLayout.JAVA_BYTE, (long) y * picture.stride(plane) + x) & 0xFF;
                count++;
            }
        }
        return (sum + count / 2) / count;
    }

    /** Writes the sheet; an older file of that name is replaced. */
    void write(Path path) {
        StreamFormat stream =
                new StreamFormat(format, Rational.ONE, Rational.ONE, 0, 1, false, true, List.of(), Map.of());
        try (Sink sink =
                new Output.Image(path).open(new Output.Job(format, stream, Output.Encoding.AUTO, false, true, 0))) {
            sink.write(sheet);
            sink.finish();
        }
    }

    @Override
    public void close() {
        sheet.recycle();
        pool.close();
    }
}
