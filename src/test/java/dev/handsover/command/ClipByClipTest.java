package dev.handsover.command;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.handsover.Ff;
import dev.handsover.Run;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A folder of recordings into a folder: each once, whatever happens in between. */
class ClipByClipTest {
    /** The regions of each worker's masks are most of it; a set of histograms would be 2.7 million more. */
    private static final long MOST_HEAP_A_CLIP = 2_500_000;

    @TempDir
    Path folder;

    private Path in;
    private Path out;

    @BeforeEach
    void makeFolder() throws IOException {
        in = Files.createDirectory(folder.resolve("in"));
        out = folder.resolve("out");
    }

    private Path clip(String name, int frames) {
        Path file = in.resolve(name);
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc2=s=128x96:r=25",
                "-frames:v",
                frames,
                "-c:v",
                "libopenh264",
                "-pix_fmt",
                "yuv420p",
                file);
        return file;
    }

    private Run process(Object... more) {
        Object[] words = {"process", in, out + "/", "--background", "color:red", "--jobs", "2"};
        Object[] all = Arrays.copyOf(words, words.length + more.length);
        System.arraycopy(more, 0, all, words.length, more.length);
        return Run.of(all);
    }

    private List<String> made() {
        return Run.names(out).stream().filter(name -> !name.startsWith(".")).toList();
    }

    @Test
    void eachBecomesAFileOfItsNameAsIfAlone() throws IOException {
        clip("a2.mp4", 5);
        clip("a10.mkv", 7);
        clip("b.avi", 3);
        Run run = process();
        assertEquals(0, run.code(), run.err());
        assertEquals(List.of("a10.mkv", "a2.mp4", "b.mp4"), made());
        assertEquals("5", Ff.stream(out.resolve("a2.mp4"), "v", "nb_frames"));
        assertTrue(run.err().contains("3 recordings: 3 made"), run.err());
        Run.process(in.resolve("a2.mp4"), folder.resolve("alone.mp4"), "--background", "color:red");
        assertArrayEquals(Files.readAllBytes(folder.resolve("alone.mp4")), Files.readAllBytes(out.resolve("a2.mp4")));
    }

    @Test
    void namesThatWouldMeetKeepTheirEnding() {
        clip("a.mp4", 2);
        clip("a.avi", 2);
        assertEquals(0, process("--quiet").code());
        assertEquals(List.of("a.avi.mp4", "a.mp4.mp4"), made());
    }

    @Test
    void whatIsDoneIsLeftAloneUntilClipOrSettingsChange() throws IOException {
        clip("a.mp4", 3);
        clip("b.mp4", 3);
        process();
        FileTime old = FileTime.fromMillis(1_000_000_000_000L);
        Files.setLastModifiedTime(out.resolve("a.mp4"), old);
        Files.setLastModifiedTime(out.resolve("b.mp4"), old);
        Files.delete(in.resolve("b.mp4"));
        clip("b.mp4", 4);
        Run run = process();
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains("1 made, 1 left alone"), run.err());
        assertEquals(old, Files.getLastModifiedTime(out.resolve("a.mp4")));
        assertEquals("4", Ff.stream(out.resolve("b.mp4"), "v", "nb_frames"));
        Run other = Run.of("process", in, out + "/", "--background", "color:blue");
        assertTrue(other.err().contains("2 made"), other.err());
        assertNotEquals(old, Files.getLastModifiedTime(out.resolve("a.mp4")));
        assertTrue(process("--force").err().contains("2 made"));
    }

    @Test
    void aDamagedOneIsToldAndPassedOver() throws IOException {
        clip("a.mp4", 3);
        Files.write(in.resolve("broken.mp4"), "no recording at all".repeat(50).getBytes(StandardCharsets.UTF_8));
        clip("c.mp4", 3);
        Run run = process();
        assertEquals(3, run.code(), run.err());
        assertTrue(run.err().contains("broken.mp4"), run.err());
        assertTrue(run.err().contains("2 made, 0 left alone since they were done before, 1 passed over"), run.err());
        assertEquals(List.of("a.mp4", "c.mp4"), made());
    }

    @Test
    void onlyDamagedOnesAreAFailure() throws IOException {
        Files.write(in.resolve("broken.mp4"), "no recording at all".repeat(50).getBytes(StandardCharsets.UTF_8));
        process().failed(3, "broken.mp4");
    }

    @Test
    void somebodyElsesFilesStay() throws IOException {
        clip("a.mp4", 3);
        Files.createDirectory(out);
        Files.writeString(out.resolve("a.mp4"), "mine");
        process().failed(6, "a.mp4", "--force");
        assertEquals("mine", Files.readString(out.resolve("a.mp4")));
        assertEquals(0, process("--force").code());
    }

    @Test
    void aKilledRunIsTakenUpAgain() throws IOException, InterruptedException {
        for (int i = 0; i < 12; i++) {
            clip("c" + i + ".mp4", 40);
        }
        Process child = new ProcessBuilder(
                        Run.command(List.of(), "process", in, out + "/", "--background", "color:red", "--jobs", "2"))
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        Run.until(
                "two are made",
                () -> Files.isDirectory(out)
                        && made().stream().filter(n -> n.endsWith(".mp4")).count() >= 2);
        child.destroyForcibly().waitFor(60, TimeUnit.SECONDS);
        List<String> list = Files.readAllLines(out.resolve(DoneList.NAME));
        long finished = list.stream().filter(line -> line.startsWith("done ")).count();
        Run run = process();
        assertEquals(0, run.code(), run.err());
        assertTrue(run.err().contains((12 - finished) + " made, " + finished + " left alone"), run.err());
        assertEquals(12, made().size(), made().toString());
        for (String name : made()) {
            assertEquals("40", Ff.stream(out.resolve(name), "v", "nb_frames"), name);
        }
    }

    @Test
    void aListCutOffInALineIsReadAndGoesOn() throws IOException {
        Files.createDirectory(out);
        String digest = "0".repeat(64);
        new DoneList(out).finish(digest, "whole.mp4");
        Files.writeString(out.resolve(DoneList.NAME), "done " + digest + " cut", StandardOpenOption.APPEND);
        DoneList again = new DoneList(out);
        again.begin(digest, "a b.mp4");
        DoneList third = new DoneList(out);
        assertTrue(third.done(digest, "whole.mp4"));
        assertTrue(third.begun("a b.mp4"));
        assertFalse(third.begun("b.mp4"));
        assertFalse(third.done(digest, "cut.mp4"));
    }

    @Test
    void aClipMoreTakesLittleHeap() throws IOException {
        for (int i = 0; i < 4; i++) {
            clip("a" + i + ".mp4", 2);
        }
        long few = heapOf(this::process);
        for (int i = 0; i < 8; i++) {
            clip("b" + i + ".mp4", 2);
        }
        long each = (heapOf(this::process) - few) / 4; // eight made instead of four, four known already
        assertTrue(each < MOST_HEAP_A_CLIP, each + " bytes a clip");
    }

    /** Heap that was asked for, garbage or not: a folder of thousands fills the heap with what each clip leaves behind. */
    private static long heapOf(Runnable run) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long before = threads.getTotalThreadAllocatedBytes();
        run.run();
        return threads.getTotalThreadAllocatedBytes() - before;
    }

    @Test
    void jobsAreForFolders() {
        clip("a.mp4", 2);
        Run.of("process", in.resolve("a.mp4"), folder.resolve("x.mp4"), "--jobs", "2")
                .failed(2, "--jobs");
        Run.of("process", in, out + "/", "--jobs", "65").failed(2, "--jobs");
    }
}
