package dev.handsover.command;

import java.nio.file.Path;

/** Where the program keeps what is the user's: by the XDG base directories. */
final class Folders {
    private Folders() {}

    static Path cache() {
        String base = System.getenv("XDG_CACHE_HOME");
        Path folder =
                base == null || base.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
        return folder.resolve("handsover");
    }
}
