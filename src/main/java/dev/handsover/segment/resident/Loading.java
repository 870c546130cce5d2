package dev.handsover.segment.resident;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;

/** Libraries by the system's own loader, which says why one cannot be loaded; Java's own exceptions keep that back. */
final class Loading {
    private static final int NOW = 2;
    private static final int GLOBAL = 0x100;

    private Loading() {}

    /** Why that library does not load, in the loader's words, e.g. {@code libcublas.so.12: cannot open shared object file}. */
    static String reason(Path library) {
        String said = open(library, NOW);
        String name = library.toAbsolutePath().toString();
        return said.startsWith(name + ": ") ? said.substring(name.length() + 2) : said;
    }

    /**
     * Loads a library that others need, and keeps it: what is loaded by its name already is not looked for in the folders.
     *
     * @return why it cannot be loaded; empty when it is
     */
    static String keep(Path library) {
        return Files.isReadable(library) ? open(library, NOW | GLOBAL) : "it is not there";
    }

    /** {@code dlopen}; what {@code dlerror} says then, empty when it was loaded or where there is no dlopen. */
    private static String open(Path library, int mode) {
        Linker linker = Linker.nativeLinker();
        var open = linker.defaultLookup().find("dlopen");
        var error = linker.defaultLookup().find("dlerror");
        if (open.isEmpty() || error.isEmpty()) {
            return "";
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = (MemorySegment) linker.downcallHandle(
                            open.get(), FunctionDescriptor.of(ADDRESS, ADDRESS, JAVA_INT))
                    .invokeExact(arena.allocateFrom(library.toAbsolutePath().toString()), mode);
            if (!found.equals(MemorySegment.NULL)) {
                return "";
            }
            MemorySegment said = (MemorySegment) linker.downcallHandle(error.get(), FunctionDescriptor.of(ADDRESS))
                    .invokeExact();
            return OrtApi.text(said.address());
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
