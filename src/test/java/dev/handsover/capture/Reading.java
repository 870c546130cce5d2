package dev.handsover.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.frame.Frame;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Everything that a source gave, read to its end. */
record Reading(
        List<byte[]> lumas,
        List<byte[]> frames,
        List<Long> times,
        List<String> notes,
        long lost,
        dev.handsover.frame.StreamFormat format) {

    static Reading of(String argument, SourceSpec.Options options) throws InterruptedException {
        try (Source source = SourceSpec.parse(argument).open(options)) {
            source.onSound(dev.handsover.frame.SoundPacket::close);
            List<byte[]> lumas = new ArrayList<>();
            List<byte[]> frames = new ArrayList<>();
            List<Long> times = new ArrayList<>();
            Frame frame;
            while ((frame = source.read()) != null) {
                lumas.add(plane(frame, 0));
                byte[] all = lumas.getLast();
                for (int plane = 1; plane < 3; plane++) {
                    byte[] next = plane(frame, plane);
                    int at = all.length;
                    all = Arrays.copyOf(all, at + next.length);
                    System.arraycopy(next, 0, all, at, next.length);
                }
                frames.add(all);
                times.add(frame.timeNanos());
                assertTrue(frame.sequence() >= times.size() - 1);
                frame.recycle();
            }
            return new Reading(lumas, frames, times, source.report(), source.lost(), source.format());
        }
    }

    static Reading of(Path file) throws InterruptedException {
        return of(file.toString(), SourceSpec.Options.ALL);
    }

    private static byte[] plane(Frame frame, int plane) {
        int w = frame.format().planeWidth(plane);
        int h = frame.format().planeHeight(plane);
        byte[] bytes = new byte[w * h];
        for (int y = 0; y < h; y++) {
            java.lang.foreign.MemorySegment.copy(
                    frame.plane(plane), ValueLayout.JAVA_BYTE, (long) y * frame.stride(plane), bytes, y * w, w);
        }
        return bytes;
    }

    /** Mean difference of two planes of one size, codes. */
    static double distance(byte[] a, byte[] b) {
        assertEquals(a.length, b.length);
        long sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += Math.abs((a[i] & 255) - (b[i] & 255));
        }
        return (double) sum / a.length;
    }
}
