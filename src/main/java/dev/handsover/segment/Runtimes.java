package dev.handsover.segment;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The process's one environment of ONNX Runtime: silent, and without the telemetry that its official builds begin with. Its
 * library is unpacked from the jar here, once for all runs, so that the C interface (segment/resident) can load the very same file.
 */
public final class Runtimes {
    private static final String JAR_FOLDER = "/ai/onnxruntime/native/" + platform() + "/";
    private static final @Nullable Path UNPACKED;

    static final OrtEnvironment ENVIRONMENT;

    static {
        refuseTelemetry();
        UNPACKED = unpack();
        if (UNPACKED != null) {
            System.setProperty("onnxruntime.native.path", UNPACKED.toString());
        }
        ENVIRONMENT = open();
    }

    private Runtimes() {}

    private static OrtEnvironment open() {
        OrtEnvironment made = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "handsover");
        try {
            made.setTelemetry(false);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not stop its telemetry", e);
        }
        return made;
    }

    /** The library of the official jar, loaded by the official Java API; empty where that found its library elsewhere. */
    public static Optional<Path> library() {
        return Optional.ofNullable(UNPACKED).map(folder -> folder.resolve(System.mapLibraryName("onnxruntime")));
    }

    /**
     * Unpacks the library of an execution provider beside that library, where the jar has it (that of the {@code cuda}
     * profile does): ONNX Runtime looks for it there.
     *
     * @param provider {@code cuda}, {@code tensorrt}
     * @return false where the jar has none
     */
    public static synchronized boolean unpackProvider(String provider) {
        Path folder = UNPACKED;
        try {
            return folder != null
                    && unpack(folder, "onnxruntime_providers_shared")
                    && unpack(folder, "onnxruntime_providers_" + provider);
        } catch (IOException e) {
            return false;
        }
    }

    /** Null when nothing could be unpacked: then the official loader does as it does. */
    private static @Nullable Path unpack() {
        if (System.getProperty("onnxruntime.native.path") != null) {
            return Path.of(System.getProperty("onnxruntime.native.path", ""));
        }
        try {
            return unpack(kept());
        } catch (IOException | URISyntaxException e) {
            try {
                Path passing = Files.createTempDirectory("onnxruntime-handsover");
                passing.toFile().deleteOnExit();
                return unpack(passing);
            } catch (IOException none) {
                return null;
            }
        }
    }

    private static @Nullable Path unpack(Path folder) throws IOException {
        return unpack(folder, "onnxruntime") && unpack(folder, "onnxruntime4j_jni") ? folder : null;
    }

    /**
     * The folder of the user's cache for this very jar. Unpacked anew for each run, 28 MB would be written at each start, 600 MB
     * with CUDA, and left behind by each run that is killed.
     */
    private static Path kept() throws IOException, URISyntaxException {
        Path jar = Path.of(OrtEnvironment.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI());
        String name = jar.getFileName() + "-" + Files.size(jar);
        return Files.createDirectories(UserCache.folder().resolve("onnxruntime").resolve(name));
    }

    /**
     * Writes a library of the jar into the folder unless it is there whole; programs that start together do not see each other's
     * half.
     */
    private static boolean unpack(Path folder, String library) throws IOException {
        String name = System.mapLibraryName(library);
        Path file = folder.resolve(name);
        URL entry = OrtEnvironment.class.getResource(JAR_FOLDER + name);
        if (entry == null) {
            return Files.exists(file);
        }
        URLConnection packed = entry.openConnection();
        boolean ours = folder.startsWith(UserCache.folder());
        if (Files.exists(file) && (!ours || Files.size(file) == packed.getContentLengthLong())) {
            return true;
        }
        Path part = Files.createTempFile(folder, name, ".part");
        try (InputStream in = packed.getInputStream()) {
            Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
        if (!ours) {
            file.toFile().deleteOnExit();
        }
        return true;
    }

    /** The jar's name of this platform. */
    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String arch = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x64";
        return (os.startsWith("mac") ? "osx-" : os.startsWith("windows") ? "win-" : "linux-") + arch;
    }

    /**
     * From 1.29 on the library makes a device number and a file of events in the user's cache as soon as it is loaded; only
     * this variable, read in C, is early enough to prevent it. Java can change its environment through C alone.
     */
    private static void refuseTelemetry() {
        Linker linker = Linker.nativeLinker();
        Optional<MemorySegment> posix = linker.defaultLookup().find("setenv");
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom("ORT_DISABLE_TELEMETRY");
            MemorySegment value = arena.allocateFrom("1");
            if (posix.isPresent()) {
                int failed = (int) linker.downcallHandle(
                                posix.get(),
                                FunctionDescriptor.of(
                                        ValueLayout.JAVA_INT,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.ADDRESS,
                                        ValueLayout.JAVA_INT))
                        .invokeExact(name, value, 1);
                if (failed != 0) {
                    throw new IllegalStateException("the environment cannot be changed");
                }
            }
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }
}
