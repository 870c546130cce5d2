package dev.handsover.segment.resident;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.handsover.segment.Runtimes;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Libraries built by the C compiler from {@code src/test/resources/fake}: builds and drivers that this machine has not. */
public final class Fake {
    private Fake() {}

    /**
     * Compiles one.
     *
     * @param source {@code onnxruntime} or {@code cuda}
     * @param name of the library's file
     * @param flags {@code LIES=0.5f}
     */
    public static Path library(Path folder, String source, String name, String... flags) throws Exception {
        Path code = Path.of(Objects.requireNonNull(Fake.class.getResource("/fake/" + source + ".c"))
                .toURI());
        Path library = folder.resolve(System.mapLibraryName(name));
        List<String> command = new ArrayList<>(List.of(
                "cc",
                "-O1",
                "-shared",
                "-fPIC",
                "-o",
                library.toString(),
                code.toString(),
                "-DREAL=\"" + Runtimes.library().orElseThrow() + "\""));
        for (String flag : flags) {
            command.add("-D" + flag);
        }
        command.add("-ldl");
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), said);
        return library;
    }

    /** A pretended driver's counters and buffers. */
    record Driver(SymbolLookup symbols) {
        static Driver of(Path library) {
            return new Driver(SymbolLookup.libraryLookup(library, Arena.global()));
        }

        int count(String name) {
            try {
                return (int) Linker.nativeLinker()
                        .downcallHandle(
                                symbols.find("fake_" + name).orElseThrow(), FunctionDescriptor.of(ValueLayout.JAVA_INT))
                        .invokeExact();
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }

        MemorySegment buffer(int name, long bytes) {
            try {
                MemorySegment at = (MemorySegment) Linker.nativeLinker()
                        .downcallHandle(
                                symbols.find("fake_buffer").orElseThrow(),
                                FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT))
                        .invokeExact(name);
                return at.reinterpret(bytes);
            } catch (Throwable e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** A library without anything of ONNX Runtime. */
    static Path empty(Path folder) throws IOException, InterruptedException {
        Path code = Files.writeString(folder.resolve("empty.c"), "int nothing(void) { return 0; }\n");
        Path library = folder.resolve(System.mapLibraryName("empty"));
        assertEquals(
                0,
                new ProcessBuilder("cc", "-shared", "-fPIC", "-o", library.toString(), code.toString())
                        .start()
                        .waitFor());
        return library;
    }
}
