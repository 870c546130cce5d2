package dev.handsover.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two runs that name the same place: the first gets it, the second is told so, and what a killed run left is in nobody's way. */
class SamePlaceTest {
    @TempDir
    Path folder;

    private final List<Process> started = new ArrayList<>();

    /** Begins a run of many minutes there and waits until it has written something. */
    private Process begin(Path out) throws IOException {
        Process first = new ProcessBuilder(Run.command(
                        List.of(), "process", "pattern:hands?size=160x96&frames=1000000", out, "--crf", "4", "--quiet"))
                .inheritIO()
                .start();
        started.add(first);
        Path begun = folder.resolve(out.getFileName().toString().replace("%05d", "00009"));
        Run.until("there is something", () -> Files.exists(begun) || size(out) > 30_000 || !first.isAlive());
        assertTrue(first.isAlive(), "the first run ended by itself");
        return first;
    }

    private static long size(Path file) {
        try {
            return Files.size(file.resolveSibling(file.getFileName() + ".part"));
        } catch (IOException e) {
            return 0;
        }
    }

    @AfterEach
    void end() {
        started.forEach(Process::destroyForcibly);
    }

    private static Run second(Path out) {
        return Run.child(Map.of(), List.of(), "process", Run.HANDS, out, "--force", "--quiet");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a.mp4", "a_%05d.png"})
    void theSecondRunIsRefusedAndTheFirstIsWhole(String name) throws IOException {
        Path file = folder.resolve(name);
        Process first = begin(file);
        List<String> before = Run.names(folder);
        second(file).failed(6, name + " is being written already", "choose another name");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder);
        second(link.resolve(name)).failed(6, "is being written already");
        Files.delete(link);
        assertTrue(Run.names(folder).containsAll(before), before + " → " + Run.names(folder));
        first.destroy();
        Run.await(first);
        assertEquals(130, first.exitValue());
        if (!name.contains("%")) {
            assertEquals(List.of(name), Run.names(folder));
            List<Double> times = Ff.times(file, "v");
            assertEquals((times.size() - 1) / 30.0, times.getLast(), 0.002);
        }
        assertEquals(0, second(file).code());
    }

    @Test
    void whatAKilledRunLeftIsReplaced() throws IOException {
        Path file = folder.resolve("a.mp4");
        Process first = begin(file);
        first.destroyForcibly();
        Run.await(first);
        assertEquals(List.of("a.mp4.part", "a.mp4.reserve"), Run.names(folder));
        Run.process(Run.HANDS, file);
        assertEquals(List.of("a.mp4"), Run.names(folder));
        assertEquals(30, Ff.times(file, "v").size());
    }
}
