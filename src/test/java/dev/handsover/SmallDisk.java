package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A disk that is soon full. A test that needs one is left out where none can be mounted. */
public record SmallDisk(Path path) implements AutoCloseable {
    /** Mounts one of so many KiB in a folder. */
    public static SmallDisk in(Path folder, int kib) throws IOException {
        Path place = Files.createDirectory(folder.resolve("small"));
        assumeTrue(
                Run.works("mount", "-t", "tmpfs", "-o", "size=" + kib + "k", "tmpfs", place.toString()),
                "a small disk cannot be mounted here: this needs root");
        return new SmallDisk(place);
    }

    @Override
    public void close() {
        assertTrue(Run.works("umount", path.toString()), "the small disk stays mounted");
    }
}
