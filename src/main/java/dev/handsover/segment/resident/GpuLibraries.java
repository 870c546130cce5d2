package dev.handsover.segment.resident;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * NVIDIA's libraries and GPU builds of ONNX Runtime that a machine already has, also those inside Python's packages, where no
 * loader looks by itself. Linux only; elsewhere nothing is found.
 */
public final class GpuLibraries {
    private static final int DEPTH = 8;
    private static final List<String> NVIDIA = List.of(
            "libcudart.so",
            "libcublasLt.so",
            "libcublas.so",
            "libcufft.so",
            "libcurand.so",
            "libnvrtc.so",
            "libnvJitLink.so",
            "libcudnn",
            "libnvinfer",
            "libnvonnxparser.so");

    private GpuLibraries() {}

    /** Builds of ONNX Runtime with a CUDA provider beside them. */
    public static List<Path> runtimes() {
        return found(name -> name.matches("libonnxruntime\\.so(\\.[0-9.]+)?")).stream()
                .filter(library -> Files.exists(library.resolveSibling("libonnxruntime_providers_cuda.so")))
                .toList();
    }

    /** NVIDIA's runtime libraries: CUDA, cuDNN, TensorRT. */
    public static List<Path> nvidia() {
        return found(name -> name.contains(".so") && NVIDIA.stream().anyMatch(name::startsWith));
    }

    /**
     * Loads NVIDIA's libraries that were found, each when what it needs is loaded, so that a provider finds them by name.
     *
     * @return those that were loaded
     */
    static List<Path> keepAll() {
        List<Path> waiting = new ArrayList<>(nvidia());
        List<Path> kept = new ArrayList<>();
        boolean progress = true;
        while (progress) {
            List<Path> loaded = waiting.stream()
                    .filter(each -> Loading.keep(each).isEmpty())
                    .toList();
            progress = !loaded.isEmpty();
            waiting.removeAll(loaded);
            kept.addAll(loaded);
        }
        return kept;
    }

    private static List<Path> found(Predicate<String> wanted) {
        List<Path> all = new ArrayList<>();
        for (Path folder : folders()) {
            try (Stream<Path> files = Files.find(
                    folder,
                    DEPTH,
                    (path, about) -> !about.isDirectory() && wanted.test(String.valueOf(path.getFileName())),
                    FileVisitOption.FOLLOW_LINKS)) {
                files.sorted().forEach(all::add);
            } catch (IOException | UncheckedIOException e) {
                // what cannot be read is not there for us
            }
        }
        return all.stream().distinct().toList();
    }

    /** Where such libraries lie: what the user names, CUDA's own folders, Python's packages. */
    private static List<Path> folders() {
        List<Path> folders = new ArrayList<>();
        if (!System.getProperty("os.name").startsWith("Linux")) {
            return folders;
        }
        for (String variable :
                List.of("HANDSOVER_GPU_LIBRARIES", "LD_LIBRARY_PATH", "CUDA_HOME", "VIRTUAL_ENV", "CONDA_PREFIX")) {
            String value = System.getenv(variable);
            if (value != null && !value.isBlank()) {
                Stream.of(value.split(":")).map(Path::of).forEach(folders::add);
            }
        }
        folders.add(Path.of("/usr/local/cuda/lib64"));
        folders.add(Path.of("/usr/lib/"
                + System.getProperty("os.arch").replace("amd64", "x86_64").toLowerCase(Locale.ROOT) + "-linux-gnu"));
        for (Path base : List.of(
                Path.of("/usr/lib"),
                Path.of("/usr/local/lib"),
                Path.of(System.getProperty("user.home"), ".local", "lib"))) {
            try (Stream<Path> pythons = Files.list(base)) {
                pythons.filter(each -> String.valueOf(each.getFileName()).startsWith("python3"))
                        .forEach(folders::add);
            } catch (IOException e) {
                // there is no Python
            }
        }
        return folders.stream().filter(Files::isDirectory).toList();
    }
}
