package dev.handsover.sink;

import dev.handsover.frame.Failure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * That one output alone writes a place, among all runs of a user on this computer. All claims are locks of single bytes in one
 * empty file, each byte standing for a name: the system frees them when a run is killed, and nothing is left beside the outputs.
 */
final class Claim implements AutoCloseable {
    /** Never closed: that would free the claims of the whole process. */
    private static final @Nullable FileChannel BYTES = open();

    private final @Nullable FileLock lock;

    private Claim(@Nullable FileLock lock) {
        this.lock = lock;
    }

    private static @Nullable FileChannel open() {
        String user = System.getProperty("user.name", "").replaceAll("\\W", "_");
        Path file = Path.of(System.getProperty("java.io.tmpdir"), "handsover-" + user + ".lock");
        try {
            return FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS);
        } catch (IOException | RuntimeException e) {
            return null; // where nothing can be locked, whoever starts two runs must look out
        }
    }

    /** Throws an output {@code Failure} when the place is being written already. Any thread. */
    static Claim of(Path place) {
        if (BYTES == null) {
            return new Claim(null);
        }
        try {
            FileLock lock = BYTES.tryLock(number(place), 1, false);
            if (lock != null) {
                return new Claim(lock);
            }
        } catch (OverlappingFileLockException e) {
            // by this process
        } catch (IOException e) {
            return new Claim(null);
        }
        throw Failure.output(place + " is being written already, by this run or another; wait for its end, or choose"
                + " another name.");
    }

    /** The same for all ways to one file, 0 to 2⁶²; of two files the same once in a blue moon. */
    private static long number(Path place) throws IOException {
        Path whole = place.toAbsolutePath();
        Path folder = whole.getParent();
        String name = folder != null && Files.isDirectory(folder)
                ? folder.toRealPath().resolve(whole.getFileName()).toString()
                : whole.toString();
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return ByteBuffer.wrap(digest).getLong() >>> 2;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Gives the place free. */
    @Override
    public void close() {
        if (lock != null) {
            try {
                lock.release();
            } catch (IOException e) {
                // the process's end frees it
            }
        }
    }
}
