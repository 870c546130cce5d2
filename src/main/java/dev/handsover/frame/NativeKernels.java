package dev.handsover.frame;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The library of C kernels built from {@code native/}. A missing library is a value, not an error: every kernel has a Java
 * twin. {@code -Dhandsover.native=off} turns it off, any other value is the library's path; without it the library of
 * {@code target/native} below {@code handsover.home} is taken.
 */
public final class NativeKernels {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final String REASON;
    private static final Optional<SymbolLookup> LIBRARY;

    static {
        String chosen = System.getProperty("handsover.native", "");
        Path path = chosen.isEmpty()
                ? Path.of(
                        System.getProperty("handsover.home", "."),
                        "target",
                        "native",
                        System.mapLibraryName("handsover"))
                : Path.of(chosen);
        Optional<SymbolLookup> library = Optional.empty();
        String reason = "";
        if (chosen.equals("off")) {
            reason = "turned off by -Dhandsover.native=off";
        } else if (!Files.isReadable(path)) {
            reason = "not built: " + path + " is missing (is there a C compiler?)";
        } else {
            try {
                library = Optional.of(SymbolLookup.libraryLookup(path, Arena.global()));
            } catch (IllegalArgumentException e) {
                reason = "cannot be loaded: " + e.getMessage();
            }
        }
        LIBRARY = library;
        REASON = reason;
    }

    private NativeKernels() {}

    public static boolean present() {
        return LIBRARY.isPresent();
    }

    /** Why there is no library; empty when there is one. */
    public static String reason() {
        return REASON;
    }

    /**
     * The function of that name. Keep the handle in a static final field, or each call costs a lookup.
     * {@code Linker.Option.critical} is not set: kernels run long enough that the collector must not wait for them.
     */
    public static Optional<MethodHandle> find(String name, FunctionDescriptor shape) {
        return LIBRARY.flatMap(library -> library.find(name)).map(symbol -> LINKER.downcallHandle(symbol, shape));
    }
}
