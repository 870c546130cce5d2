package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Small promises that are easily broken. */
class PromisesTest {
    @TempDir
    Path folder;

    @Test
    void nothingIsWrittenAboutTheUser() {
        Path cache = folder.resolve("cache");
        Run run = Run.child(
                Map.of("XDG_CACHE_HOME", cache.toString()),
                List.of(),
                "process",
                "pattern:bars?size=64x64&frames=4",
                "null:",
                "--quiet");
        assertEquals(0, run.code(), run.err());
        assertFalse(Files.exists(cache.resolve("Microsoft")), "ONNX Runtime keeps its telemetry");
    }

    @Test
    void theNetworksLibraryIsUnpackedOnceForAllRunsAndAHalfOneAnew() throws IOException {
        Path cache = folder.resolve("cache");
        Path temporary = Files.createDirectory(folder.resolve("temporary"));
        withCache(cache, temporary);
        Path library;
        try (Stream<Path> files = Files.walk(cache.resolve("handsover/onnxruntime"))) {
            library = files.filter(file -> file.endsWith(System.mapLibraryName("onnxruntime")))
                    .findFirst()
                    .orElseThrow();
        }
        Object first = Files.readAttributes(library, BasicFileAttributes.class).fileKey();
        withCache(cache, temporary);
        assertEquals(
                first, Files.readAttributes(library, BasicFileAttributes.class).fileKey());
        long whole = Files.size(library);
        Files.write(library, new byte[100]);
        withCache(cache, temporary);
        assertEquals(whole, Files.size(library));
        assertEquals(
                2,
                Run.names(library.resolveSibling(".")).size(),
                "the library, its link to Java, and no part of either");

        withCache(Files.createFile(folder.resolve("no folder")), temporary);
        assertEquals(
                List.of(),
                Run.names(temporary).stream()
                        .filter(name -> name.startsWith("onnx"))
                        .toList());
    }

    private static void withCache(Path cache, Path temporary) {
        Run run = Run.child(
                Map.of("XDG_CACHE_HOME", cache.toString()),
                List.of("-Djava.io.tmpdir=" + temporary),
                "process",
                "pattern:bars?size=64x64&frames=2",
                "null:",
                "--quiet");
        assertEquals(0, run.code(), run.err());
    }

    @Test
    void percentSignsBelongToNames() {
        Run.process("pattern:bars?size=64x64&frames=2", folder.resolve("100%_%03d.png"), "--background", "color:red");
        assertEquals(List.of("100%_001.png", "100%_002.png"), Run.names(folder));
        Run.of("process", "pattern:bars?size=64x64&frames=2", folder.resolve("x%d_%d.png"))
                .failed(2, "more than one");
    }

    @Test
    void aStartBehindTheEndIsSaid() {
        Run.of("process", "pattern:bars?size=64x64&frames=5", "null:", "--start", "1:00")
                .failed(2, "--start");
    }

    @Test
    void anOutputSizeBeyondTheLimitIsRefused() {
        Run.of("process", "pattern:bars?size=64x64&frames=1", "null:", "--size", "16384x16384")
                .failed(2, "--max-pixels");
    }

    @Test
    void soundThatNobodyKnowsIsLeftOut() throws IOException {
        Path video = folder.resolve("odd.mov");
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=64x64:r=25:d=1",
                "-f",
                "lavfi",
                "-i",
                "sine=d=1",
                "-c:v",
                "libopenh264",
                "-c:a",
                "pcm_s16le",
                video);
        byte[] bytes = Files.readAllBytes(video);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("sowt");
        assertTrue(at > 0);
        while (at > 0) {
            bytes[at] = 'z';
            bytes[at + 3] = 'z';
            at = text.indexOf("sowt", at + 4);
        }
        Files.write(video, bytes);
        Path out = folder.resolve("out.mp4");
        Run run = Run.process(video, out, "--background", "color:red");
        assertEquals("25", Ff.stream(out, "v", "nb_frames"));
        assertTrue(run.err().contains("left out"), run.err());
    }
}
