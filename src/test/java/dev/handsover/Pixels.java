package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.handsover.frame.Frame;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Decoded frames, as the program ffmpeg reads a file.
 *
 * @param frames bytes of each, rows without gaps
 */
public record Pixels(int width, int height, List<byte[]> frames) {
    /** Decodes a file into {@code gray}, {@code rgb24} or {@code rgba}; {@code before} stands before {@code -i}. */
    public static Pixels of(Path file, String format, String... before) {
        try {
            Path raw = Files.createTempFile("pixels", ".raw");
            List<Object> arguments = new ArrayList<>(Arrays.asList((Object[]) before));
            arguments.addAll(List.of("-i", file, "-map", "0:v:0", "-fps_mode", "passthrough"));
            arguments.addAll(List.of("-f", "rawvideo", "-pix_fmt", format, raw));
            Ff.mpeg(arguments.toArray());
            byte[] all = Files.readAllBytes(raw);
            Files.delete(raw);
            String[] size = Ff.stream(file, "v", "width,height").split(",");
            int width = Integer.parseInt(size[0]);
            int height = Integer.parseInt(size[1]);
            int bytes = width * height * channels(format);
            List<byte[]> frames = new ArrayList<>();
            for (int at = 0; at < all.length; at += bytes) {
                frames.add(Arrays.copyOfRange(all, at, at + bytes));
            }
            return new Pixels(width, height, frames);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static int channels(String format) {
        return switch (format) {
            case "gray" -> 1;
            case "rgb24" -> 3;
            case "rgba" -> 4;
            default -> throw new IllegalArgumentException(format);
        };
    }

    /** Every {@code step}-th byte from {@code first}: one channel of every frame. */
    public Pixels channel(int first, int step) {
        return new Pixels(
                width,
                height,
                frames.stream()
                        .map(frame -> {
                            byte[] one = new byte[frame.length / step];
                            for (int i = 0; i < one.length; i++) {
                                one[i] = frame[first + i * step];
                            }
                            return one;
                        })
                        .toList());
    }

    /** Luma of limited range (16..235) as 0..255. */
    public Pixels stretched() {
        return new Pixels(
                width,
                height,
                frames.stream()
                        .map(frame -> {
                            byte[] wide = new byte[frame.length];
                            for (int i = 0; i < wide.length; i++) {
                                wide[i] = (byte) Math.clamp(Math.round(((frame[i] & 255) - 16) * 255 / 219.0), 0, 255);
                            }
                            return wide;
                        })
                        .toList());
    }

    /** Mean distance of the bytes of all frames, which must be as many. */
    public double distance(Pixels other) {
        assertEquals(frames.size(), other.frames.size(), "frames");
        double sum = 0;
        for (int i = 0; i < frames.size(); i++) {
            sum += distance(frames.get(i), other.frames.get(i));
        }
        return sum / frames.size();
    }

    public static double distance(byte[] a, byte[] b) {
        assertEquals(a.length, b.length, "bytes of a frame");
        long sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 255) - (b[i] & 255));
        }
        return (double) sum / a.length;
    }

    /** The codes of every plane, row after row without gaps. */
    public static byte[][] planes(Frame picture) {
        byte[][] planes = new byte[picture.format().planes()][];
        for (int plane = 0; plane < planes.length; plane++) {
            int w = picture.format().planeWidth(plane);
            int h = picture.format().planeHeight(plane);
            planes[plane] = new byte[w * h];
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < w; x++) {
                    planes[plane][y * w + x] =
                            picture.plane(plane).get(ValueLayout.JAVA_BYTE, (long) y * picture.stride(plane) + x);
                }
            }
        }
        return planes;
    }
}
