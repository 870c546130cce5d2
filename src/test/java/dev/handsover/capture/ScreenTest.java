package dev.handsover.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A part of a real X screen (Xvfb) as a live source. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ScreenTest {
    @TempDir
    Path folder;

    @Test
    void aPartOfTheScreenIsTaken() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/Xvfb")));
        Path number = folder.resolve("display");
        Process server = new ProcessBuilder(
                        "/bin/sh",
                        "-c",
                        "exec /usr/bin/Xvfb -displayfd 1 -screen 0 640x480x24 -nolisten tcp >\"$0\" 2>/dev/null",
                        number.toString())
                .start();
        try {
            Run.until("there is a display", () -> text(number).endsWith("\n"));
            Run run = Run.child(
                    Map.of("DISPLAY", ":" + text(number).strip()),
                    List.of(),
                    "cameras",
                    "screen:100,50,320,240",
                    "--camera-fps",
                    "20",
                    "--frames",
                    "20",
                    "--for",
                    "20s",
                    "--json");
            assertEquals(0, run.code(), run.err());
            assertTrue(run.out().contains("\"width\":320,\"height\":240,\"frames\":20"), run.out());
            assertTrue(run.out().contains("\"reopened\":0"), run.out());
            Run none = Run.child(Map.of("DISPLAY", ""), List.of(), "cameras", "screen");
            none.failed(5, "no display");
        } finally {
            server.destroy();
            Run.await(server);
        }
    }

    private static String text(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (java.io.IOException e) {
            return "";
        }
    }
}
