package dev.handsover.segment;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Optional;

/** The process's one environment of ONNX Runtime: silent, and without the telemetry that its official builds begin with. */
final class Runtimes {
    static final OrtEnvironment ENVIRONMENT = open();

    private Runtimes() {}

    private static OrtEnvironment open() {
        refuseTelemetry();
        OrtEnvironment made = OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL, "handsover");
        try {
            made.setTelemetry(false);
        } catch (OrtException e) {
            throw new IllegalStateException("ONNX Runtime does not stop its telemetry", e);
        }
        return made;
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
