package dev.handsover.bench;

import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;

/** The pictures of a Y4M file where they lie, in mapped memory: reading them costs an encoder nothing. */
final class RawPictures implements AutoCloseable {
    private static final int LINE = 10;
    private final Arena arena = Arena.ofShared();
    private final List<Frame> frames = new ArrayList<>();
    private final List<Semaphore> free = new ArrayList<>();

    RawPictures(Path file, PictureFormat format) throws IOException {
        MemorySegment all;
        try (FileChannel channel = FileChannel.open(file)) {
            all = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
        }
        all.load();
        long at = endOfLine(all, 0);
        while (at < all.byteSize()) {
            at = endOfLine(all, at);
            Semaphore back = new Semaphore(1);
            Frame frame = new Frame(format, f -> back.release());
            for (int plane = 0; plane < 3; plane++) {
                frame.place(plane, all.address() + at, format.planeWidth(plane));
                at += (long) format.planeWidth(plane) * format.planeHeight(plane);
            }
            frames.add(frame);
            free.add(back);
        }
    }

    private static long endOfLine(MemorySegment all, long from) {
        long at = from;
        while (all.get(ValueLayout.JAVA_BYTE, at) != LINE) {
            at++;
        }
        return at + 1;
    }

    /** The picture in place {@code index} of the endless loop, held once. */
    Frame take(int index, long durationNanos) throws InterruptedException {
        int at = index % frames.size();
        free.get(at).acquire();
        return frames.get(at).handOut(index, index * durationNanos, durationNanos);
    }

    @Override
    public void close() {
        arena.close();
    }
}
