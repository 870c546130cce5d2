package dev.handsover.capture.pattern;

import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import java.lang.foreign.ValueLayout;
import java.util.Random;

/**
 * What stands behind the hands: a wall with a shelf of books, painted once, and the light of a window that wanders over it,
 * so that the background is never still.
 */
final class Room {
    /** Sunlight moves luma by so many codes at most. */
    private static final float SUN = 22;

    private final FramePool pool;
    private final Frame painted;
    private final PictureFormat format;
    private final float[] across;
    private final byte[] line;

    Room(PictureFormat format, long seed) {
        this.format = format;
        this.pool = new FramePool(format, 1);
        this.across = new float[format.width()];
        this.line = new byte[format.width()];
        try {
            this.painted = pool.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        paintRoom(seed);
    }

    private void paintRoom(long seed) {
        float[] rgb = new float[3];
        int side = 1 << format.chroma().shift;
        Books books = new Books(seed);
        Noise plaster = new Noise(seed + 1, 512, 6, 6);
        for (int y = 0; y < format.height(); y++) {
            for (int x = 0; x < format.width(); x++) {
                // the same room whatever the size: places as fractions of the height
                color(books, plaster, (x - format.width() / 2f) / format.height(), (y + 0.5f) / format.height(), rgb);
                double[] yuv = format.color().toYuv(rgb[0], rgb[1], rgb[2]);
                set(Frame.Y, x, y, yuv[0]);
                if (x % side == 0 && y % side == 0) {
                    set(Frame.U, x / side, y / side, yuv[1]);
                    set(Frame.V, x / side, y / side, yuv[2]);
                }
            }
        }
    }

    private void set(int plane, int x, int y, double code) {
        painted.plane(plane).set(ValueLayout.JAVA_BYTE, (long) y * painted.stride(plane) + x, (byte)
                Math.clamp(Math.round(code), 0, 255));
    }

    /** Wall, shelves and desk; x from −0.9 to 0.9, y from 0 to 1. */
    private static void color(Books books, Noise plaster, float x, float y, float[] rgb) {
        float grain = plaster.at(x * 0.7f, y * 0.7f);
        if (y > 0.86f) {
            float wood = plaster.at(x * 0.3f, y * 3);
            float shade = 0.75f + 0.12f * wood + 0.5f * (y - 0.86f);
            rgb[0] = 0.50f * shade;
            rgb[1] = 0.36f * shade;
            rgb[2] = 0.25f * shade;
            return;
        }
        float shade = 0.80f - 0.18f * x - 0.12f * y + 0.02f * grain;
        rgb[0] = 0.70f * shade;
        rgb[1] = 0.74f * shade;
        rgb[2] = 0.76f * shade;
        books.color(x, y, grain, rgb);
    }

    /** Two boards with books of many heights and colours. */
    private static final class Books {
        private static final int COUNT = 60;
        private static final float[] FLOOR = {0.30f, 0.60f};
        private final float[][] hue = new float[2 * COUNT][3];
        private final float[] tall = new float[2 * COUNT];
        private final float[] edge = new float[2 * COUNT + 2];

        Books(long seed) {
            Random random = new Random(seed + 2);
            for (int board = 0; board < 2; board++) {
                float x = -0.95f;
                for (int i = 0; i < COUNT; i++) {
                    int n = board * COUNT + i;
                    x += 0.018f + 0.028f * random.nextFloat();
                    edge[n] = x;
                    tall[n] = random.nextInt(9) == 0 ? 0 : 0.12f + 0.09f * random.nextFloat();
                    float warm = random.nextFloat();
                    float light = 0.2f + 0.5f * random.nextFloat();
                    hue[n][0] = light * (0.5f + 0.6f * warm);
                    hue[n][1] = light * (0.55f + 0.3f * random.nextFloat());
                    hue[n][2] = light * (1.05f - 0.6f * warm);
                }
            }
        }

        void color(float x, float y, float grain, float[] rgb) {
            for (int board = 0; board < 2; board++) {
                float floor = FLOOR[board];
                if (y >= floor && y < floor + 0.022f) {
                    set(rgb, 0.36f, 0.26f, 0.19f, 1 + 0.1f * grain);
                    return;
                }
                if (y >= floor + 0.022f && y < floor + 0.05f) {
                    set(rgb, rgb[0], rgb[1], rgb[2], 0.8f);
                    return;
                }
                int n = board * COUNT;
                while (n < board * COUNT + COUNT - 1 && edge[n] < x) {
                    n++;
                }
                if (y < floor && y > floor - tall[n]) {
                    float from = n == board * COUNT ? -1 : edge[n - 1];
                    float place = (x - from) / (edge[n] - from);
                    float round = 0.6f + 0.5f * (1 - (2 * place - 1) * (2 * place - 1));
                    boolean band = Math.abs(floor - tall[n] * 0.75f - y) < 0.006f;
                    set(rgb, hue[n][0], hue[n][1], hue[n][2], (band ? 1.5f : 1) * round * (1 + 0.08f * grain));
                    return;
                }
            }
        }

        private static void set(float[] rgb, float r, float g, float b, float shade) {
            rgb[0] = Math.min(1, r * shade);
            rgb[1] = Math.min(1, g * shade);
            rgb[2] = Math.min(1, b * shade);
        }
    }

    /** The room in the light of that moment. */
    void paint(double seconds, Frame frame) {
        frame.copyFrom(painted);
        int width = format.width();
        for (int x = 0; x < width; x++) {
            double place = (double) x / format.height();
            across[x] = SUN * (float) Math.pow(0.5 + 0.5 * Math.sin(4.2 * place + 0.9 * seconds), 3);
        }
        for (int y = 0; y < format.height(); y++) {
            float strength = 0.55f + 0.45f * (float) Math.sin(5.0 * y / format.height() - 0.6 * seconds);
            java.lang.foreign.MemorySegment.copy(
                    painted.plane(Frame.Y), ValueLayout.JAVA_BYTE, (long) y * painted.stride(Frame.Y), line, 0, width);
            for (int x = 0; x < width; x++) {
                line[x] = (byte) Math.min(235, (line[x] & 255) + (int) (across[x] * strength));
            }
            java.lang.foreign.MemorySegment.copy(
                    line, 0, frame.plane(Frame.Y), ValueLayout.JAVA_BYTE, (long) y * frame.stride(Frame.Y), width);
        }
    }

    void close() {
        painted.recycle();
        pool.close();
    }
}
