package dev.handsover.capture;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Pictures;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What stands behind or over the hands: a picture, a looped video, or the slides of a folder, each on the canvas's format. */
public final class LayerPictures {
    private LayerPictures() {}

    /**
     * Opens a layer.
     *
     * @param canvas format of every picture; with an alpha plane for graphics
     * @param slideEvery how long each picture of a folder stands
     */
    public static Pictures open(Path path, PictureFormat canvas, Fit fit, Duration slideEvery) {
        if (Files.isDirectory(path)) {
            return new Slides(ImageFiles.list(path.toString()), canvas, fit, slideEvery);
        }
        MediaSource media = open(path, canvas, fit);
        if (media.format().stills()) {
            try (media) {
                return new Still(picture(media, path), canvas);
            }
        }
        return new Loop(media, path, canvas, fit);
    }

    private static MediaSource open(Path path, PictureFormat canvas, Fit fit) {
        return MediaSource.open(
                SourceSpec.file(path, false),
                SourceSpec.Options.ALL,
                new MediaSource.Target(canvas, fit, canvas.alpha()));
    }

    private static Frame picture(MediaSource media, Path path) {
        try {
            Frame frame = media.read();
            if (frame == null) {
                throw Failure.input(path + " holds no picture.");
            }
            return frame;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Copies a picture onto the canvas; repeats it from the top left corner when it is smaller. */
    static void lay(Frame picture, Frame canvas) {
        for (int plane = 0; plane < canvas.format().planes(); plane++) {
            int w = canvas.format().planeWidth(plane);
            int h = canvas.format().planeHeight(plane);
            int pw = picture.format().planeWidth(plane);
            int ph = picture.format().planeHeight(plane);
            MemorySegment to = canvas.plane(plane);
            for (int y = 0; y < h; y++) {
                for (int x = 0; x < w; x += pw) {
                    long from = (long) (y % ph) * picture.stride(plane);
                    MemorySegment.copy(
                            picture.plane(plane), from, to, (long) y * canvas.stride(plane) + x, Math.min(pw, w - x));
                }
            }
        }
    }

    private static Frame onCanvas(Frame picture, FramePool pool) {
        try {
            Frame canvas = pool.take();
            lay(picture, canvas);
            picture.recycle();
            return canvas;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** One picture for all times. */
    private static final class Still implements Pictures {
        private final FramePool pool;
        private final Frame frame;

        Still(Frame picture, PictureFormat canvas) {
            this.pool = new FramePool(canvas, 1);
            this.frame = onCanvas(picture, pool);
        }

        @Override
        public Frame at(long timeNanos) {
            return frame;
        }

        @Override
        public boolean still() {
            return true;
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    /** The pictures of a folder one after the other, from the beginning again after the last. */
    private static final class Slides implements Pictures {
        private final List<Path> files;
        private final PictureFormat canvas;
        private final Fit fit;
        private final long everyNanos;
        private final FramePool pool;
        private int shown = -1;
        private @Nullable Frame frame;

        Slides(List<Path> files, PictureFormat canvas, Fit fit, Duration every) {
            this.files = files;
            this.canvas = canvas;
            this.fit = fit;
            this.everyNanos = every.toNanos();
            this.pool = new FramePool(canvas, 2);
            at(0);
        }

        @Override
        public Frame at(long timeNanos) {
            int wanted = (int) (Math.max(0, timeNanos) / everyNanos % files.size());
            Frame standing = frame;
            if (standing != null && wanted == shown) {
                return standing;
            }
            shown = wanted;
            Frame fresh = read(files.get(wanted));
            if (fresh == null && standing == null) {
                throw Failure.input("The slide " + files.get(wanted) + " cannot be read; replace it.");
            }
            if (fresh == null) {
                return Objects.requireNonNull(standing);
            }
            if (standing != null) {
                standing.recycle();
            }
            frame = fresh;
            return fresh;
        }

        /** Null when the file is damaged: the slide before it stays on then. */
        private @Nullable Frame read(Path file) {
            try (MediaSource media = open(file, canvas, fit)) {
                return onCanvas(picture(media, file), pool);
            } catch (Failure e) {
                return null;
            }
        }

        @Override
        public boolean still() {
            return files.size() == 1;
        }

        @Override
        public void close() {
            pool.close();
        }
    }

    /** A video by its own time stamps, from the beginning again after its end. */
    private static final class Loop implements Pictures {
        private final Path path;
        private final PictureFormat canvas;
        private final Fit fit;
        private final boolean tiled;
        private final FramePool pool;
        private MediaSource media;
        private @Nullable Frame frame;
        private @Nullable Frame ahead;
        /** Where the round in hand began, on the asker's clock. */
        private long roundStart;

        private @Nullable Frame laid;

        Loop(MediaSource media, Path path, PictureFormat canvas, Fit fit) {
            this.media = media;
            this.path = path;
            this.canvas = canvas;
            this.fit = fit;
            this.tiled = fit == Fit.TILE;
            this.pool = new FramePool(canvas, 1);
            this.frame = picture(media, path);
            this.ahead = readOn();
        }

        private @Nullable Frame readOn() {
            try {
                return media.read();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            } catch (Failure e) {
                // damaged from here on: the loop turns here
                return null;
            }
        }

        @Override
        public Frame at(long timeNanos) {
            if (timeNanos < roundStart) {
                restart(timeNanos);
            }
            while (true) {
                Frame shown = frame;
                if (shown == null) {
                    throw new IllegalStateException("closed");
                }
                Frame next = ahead;
                long end = next != null ? next.timeNanos() : shown.timeNanos() + shown.durationNanos();
                if (timeNanos - roundStart < end) {
                    return tiled ? tile(shown) : shown;
                }
                if (next != null) {
                    shown.recycle();
                    frame = next;
                    laid = null;
                    ahead = readOn();
                } else {
                    // whole rounds that nobody asked for are passed over, not decoded
                    long length = Math.max(1, end);
                    restart(roundStart + (timeNanos - roundStart) / length * length);
                }
            }
        }

        private Frame tile(Frame shown) {
            Frame done = laid;
            if (done == null) {
                try {
                    done = pool.out() == 0 ? pool.take() : tileFrame;
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(e);
                }
                tileFrame = done;
                lay(shown, Objects.requireNonNull(done));
                laid = done;
            }
            return Objects.requireNonNull(done);
        }

        private @Nullable Frame tileFrame;

        private void restart(long start) {
            release();
            media.close();
            media = open(path, canvas, fit);
            roundStart = start;
            frame = picture(media, path);
            ahead = readOn();
        }

        private void release() {
            if (frame != null) {
                frame.recycle();
            }
            if (ahead != null) {
                ahead.recycle();
            }
            frame = null;
            ahead = null;
            laid = null;
        }

        @Override
        public boolean still() {
            return false;
        }

        @Override
        public void close() {
            release();
            media.close();
            pool.close();
        }
    }
}
