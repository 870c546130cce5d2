package dev.handsover.composite;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.function.ThrowingSupplier;

/**
 * A screen that exists in memory only: the X server Xvfb on a free number, which this process's DISPLAY then names. Keys and
 * mouse by xdotool. Nothing waits for longer than {@link #PATIENCE_SECONDS}.
 */
final class Xvfb implements AutoCloseable {
    static final int PATIENCE_SECONDS = 20;
    static final int WIDTH = 1280;
    static final int HEIGHT = 800;

    private final Process server;
    private final Path folder;
    private final String display;
    private final List<Process> others = new ArrayList<>();

    /** Starts it; the test is skipped where Xvfb or xdotool is missing. */
    Xvfb() throws IOException {
        for (String program : List.of("Xvfb", "xdotool")) {
            assumeTrue(installed(program), "skipped: there is no " + program + " here (apt-get install xvfb xdotool)");
        }
        folder = Files.createTempDirectory("xvfb");
        server = new ProcessBuilder(
                        "Xvfb",
                        "-displayfd",
                        "1",
                        "-screen",
                        "0",
                        WIDTH + "x" + HEIGHT + "x24",
                        "-fbdir",
                        folder.toString(),
                        "-nolisten",
                        "tcp",
                        "-noreset")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        display = ":"
                + within(() -> {
                    byte[] line = new byte[16];
                    int length = server.getInputStream().read(line);
                    return new String(line, 0, Math.max(0, length), StandardCharsets.US_ASCII).strip();
                });
        assertTrue(display.length() > 1, "Xvfb names its display");
        environment("DISPLAY", display);
        environment("WAYLAND_DISPLAY", null);
    }

    String display() {
        return display;
    }

    static boolean installed(String program) {
        return Stream.of(System.getenv("PATH").split(":")).anyMatch(each -> Files.isExecutable(Path.of(each, program)));
    }

    private static <T> T within(ThrowingSupplier<T> work) {
        return org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                java.time.Duration.ofSeconds(PATIENCE_SECONDS), work);
    }

    /** Sets a variable where C looks for it; null removes it. */
    static void environment(String name, @Nullable String value) {
        Linker linker = Linker.nativeLinker();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment key = arena.allocateFrom(name);
            if (value == null) {
                var unset = linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("unsetenv"),
                        FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS));
                int _ = (int) unset.invokeExact(key);
            } else {
                var set = linker.downcallHandle(
                        linker.defaultLookup().findOrThrow("setenv"),
                        FunctionDescriptor.of(
                                ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
                int _ = (int) set.invokeExact(key, arena.allocateFrom(value), 1);
            }
        } catch (Throwable e) {
            throw new IllegalStateException(e);
        }
    }

    /** Starts a program that stays, such as a window manager, until the screen is closed. */
    Process start(String... command) throws IOException {
        Process process = command(command).start();
        others.add(process);
        return process;
    }

    private ProcessBuilder command(String... command) {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("DISPLAY", display);
        return builder;
    }

    /** Runs a program to its end and returns what it wrote. */
    String run(String... command) {
        return within(() -> {
            Process process = command(command).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS), Arrays.toString(command));
            return text.strip();
        });
    }

    /** Runs xdotool. */
    String xdotool(String... arguments) {
        List<String> all = new ArrayList<>(List.of("xdotool"));
        all.addAll(List.of(arguments));
        return run(all.toArray(String[]::new));
    }

    /** The window of that title, with the keyboard. */
    String focus(String title) {
        String[] found = {""};
        await("a window " + title, () -> {
            found[0] = xdotool("search", "--onlyvisible", "--name", "^" + title + "$");
            return !found[0].isEmpty();
        });
        xdotool("windowfocus", "--sync", found[0]);
        return found[0];
    }

    /** Waits until something is so. */
    static void await(String what, BooleanSupplier so) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!so.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, () -> "not within " + PATIENCE_SECONDS + " s: " + what);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    /** What the screen shows: the server's own memory, a file in the format of xwd. */
    BufferedImage screenshot() {
        try {
            ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("Xvfb_screen0")));
            int pixels = file.getInt(0) + 12 * file.getInt(4 * 19);
            boolean little = file.getInt(4 * 7) == 0;
            int rowBytes = file.getInt(4 * 12);
            file.order(little ? java.nio.ByteOrder.LITTLE_ENDIAN : java.nio.ByteOrder.BIG_ENDIAN);
            BufferedImage image = new BufferedImage(WIDTH, HEIGHT, BufferedImage.TYPE_INT_ARGB);
            for (int y = 0; y < HEIGHT; y++) {
                for (int x = 0; x < WIDTH; x++) {
                    image.setRGB(x, y, 0xFF000000 | file.getInt(pixels + y * rowBytes + 4 * x));
                }
            }
            return image;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() throws IOException {
        environment("DISPLAY", null);
        for (Process process : others) {
            process.destroy();
        }
        server.destroy();
        try {
            if (!server.waitFor(5, TimeUnit.SECONDS)) {
                server.destroyForcibly();
            }
        } catch (InterruptedException e) {
            server.destroyForcibly();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
