package dev.handsover.segment;

import java.nio.file.Path;

/** Where the program keeps what it can make again: the user's cache, by the XDG base directories. Deleting it loses nothing. */
public final class UserCache {
    private UserCache() {}

    /** {@code $XDG_CACHE_HOME/handsover} or {@code ~/.cache/handsover}; it need not exist. */
    public static Path folder() {
        String base = System.getenv("XDG_CACHE_HOME");
        Path folder =
                base == null || base.isBlank() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(base);
        return folder.resolve("handsover");
    }
}
