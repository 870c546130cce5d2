package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.command.Handsover;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * One run of the program as a user has it: an exit code and what was said. In this process, or as a child where signals,
 * pipes or the environment matter.
 */
public record Run(int code, String out, String err) {
    /** Thirty frames of hands, small. */
    public static final String HANDS = "pattern:hands?size=320x192&frames=30";

    private static final long LIMIT_SECONDS = 120;

    /** Runs a command line here. */
    public static Run of(Object... arguments) {
        PrintStream out = System.out;
        PrintStream err = System.err;
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        ByteArrayOutputStream complained = new ByteArrayOutputStream();
        try {
            System.setOut(new PrintStream(said, true, StandardCharsets.UTF_8));
            System.setErr(new PrintStream(complained, true, StandardCharsets.UTF_8));
            int code = Handsover.run(words(arguments));
            return new Run(code, said.toString(StandardCharsets.UTF_8), complained.toString(StandardCharsets.UTF_8));
        } finally {
            System.setOut(out);
            System.setErr(err);
        }
    }

    /** Runs {@code process} here and expects it to end well. */
    public static Run process(Object... arguments) {
        Run run =
                of(Stream.concat(Stream.of("process"), Arrays.stream(arguments)).toArray());
        assertEquals(0, run.code(), run.err());
        return run;
    }

    private static String[] words(Object... arguments) {
        return Arrays.stream(arguments).map(String::valueOf).toArray(String[]::new);
    }

    /** The command line of a child that runs the program; its class path is ours. */
    public static List<String> command(List<String> javaFlags, Object... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dhandsover.home=" + System.getProperty("handsover.home", "."),
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(1, javaFlags);
        command.add("dev.handsover.Main");
        command.addAll(List.of(words(arguments)));
        return command;
    }

    /** Runs a child to its end. */
    public static Run child(Map<String, String> environment, List<String> javaFlags, Object... arguments) {
        try {
            Path out = Files.createTempFile("run", ".out");
            Path err = Files.createTempFile("run", ".err");
            ProcessBuilder builder = new ProcessBuilder(command(javaFlags, arguments))
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile());
            builder.environment().putAll(environment);
            Process process = builder.start();
            await(process);
            Run run = new Run(process.exitValue(), Files.readString(out), Files.readString(err));
            Files.delete(out);
            Files.delete(err);
            return run;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whether another program is there and ends well. */
    public static boolean works(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            await(process);
            return process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits for a child's end, within a limit. */
    public static void await(Process process) {
        try {
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IllegalStateException("still running: " + process.info());
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until something holds, within a limit. */
    public static void until(String what, BooleanSupplier holds) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
        try {
            while (!holds.getAsBoolean()) {
                if (System.nanoTime() > end) {
                    throw new IllegalStateException("waited in vain until " + what);
                }
                Thread.sleep(10);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** The run failed as a user should see it: this code, a sentence with these words, no trace, few lines. */
    public Run failed(int wanted, String... words) {
        assertEquals(wanted, code, err);
        for (String word : words) {
            assertTrue(err.contains(word), "\"" + word + "\" is missing in: " + err);
        }
        assertFalse(err.isBlank(), "nothing was said");
        assertTrue(err.lines().count() <= 6, err);
        assertFalse(err.contains("\tat ") || err.contains("Exception"), err);
        assertFalse(err.chars().anyMatch(c -> c < 32 && c != '\n' && c != '\r' || c == 0xFFFD), "unprintable: " + err);
        return this;
    }

    /** The names in a folder, sorted. */
    public static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
