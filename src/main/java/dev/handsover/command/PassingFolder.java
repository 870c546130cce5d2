package dev.handsover.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder of the program's own, removed with all that is in it when it is closed, or when a signal ends the program. */
final class PassingFolder implements AutoCloseable {
    private final Path path;

    private PassingFolder(Path path) {
        this.path = path;
        Interruption.remember(this);
    }

    /** Makes one in the system's place for such. */
    static PassingFolder make(String prefix) throws IOException {
        return new PassingFolder(Files.createTempDirectory(prefix));
    }

    /** Makes one in that folder. */
    static PassingFolder in(Path folder, String prefix) throws IOException {
        return new PassingFolder(Files.createTempDirectory(folder, prefix));
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        Interruption.forget(this);
        try {
            List<Path> all;
            try (Stream<Path> files = Files.walk(path)) {
                all = files.sorted(Comparator.reverseOrder()).toList();
            }
            for (Path each : all) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            // what somebody holds on to stays
        }
    }
}
