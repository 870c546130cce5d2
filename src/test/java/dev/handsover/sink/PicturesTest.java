package dev.handsover.sink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.Pixels;
import dev.handsover.Run;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures in, pictures out: each under its own name and in its own size. */
class PicturesTest {
    @TempDir
    Path folder;

    private Path in;
    private Path out;

    @BeforeEach
    void makeFolders() throws Exception {
        in = Files.createDirectory(folder.resolve("in"));
        out = folder.resolve("out");
    }

    private void picture(String name, int width, int height) {
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "testsrc=s=" + width + "x" + height + ":d=0.04",
                "-frames:v",
                "1",
                "-update",
                "1",
                in.resolve(name));
    }

    private static String size(Path file) {
        return Ff.stream(file, "v", "width,height").replace(',', 'x');
    }

    @Test
    void aFolderKeepsNamesAndSizes() {
        picture("a1.png", 320, 192);
        picture("a2.jpg", 120, 200);
        picture("a10.webp", 64, 48);
        Run run = Run.process(in, out + "/", "--background", "transparent");
        assertEquals(List.of("a1.png", "a10.png", "a2.png"), Run.names(out));
        assertEquals("320x192", size(out.resolve("a1.png")));
        assertEquals("120x200", size(out.resolve("a2.png")));
        assertEquals("64x48", size(out.resolve("a10.png")));
        assertEquals("rgba", Ff.stream(out.resolve("a2.png"), "v", "pix_fmt"));
        assertTrue(run.err().contains("3 pictures in"), run.err());
    }

    @Test
    void aGlobTakesWhatItNames() {
        picture("a.png", 64, 48);
        picture("b.jpg", 80, 60);
        picture("c.jpg", 60, 80);
        Run.process(in + "/*.jpg", out + "/", "--quiet");
        assertEquals(List.of("b.png", "c.png"), Run.names(out));
        assertEquals("60x80", size(out.resolve("c.png")));
    }

    @Test
    void namesThatWouldMeetKeepTheirEnding() {
        picture("a.png", 64, 48);
        picture("a.jpg", 80, 60);
        Run.process(in, out + "/", "--quiet");
        assertEquals(List.of("a.jpg.png", "a.png.png"), Run.names(out));
        assertEquals("80x60", size(out.resolve("a.jpg.png")));
    }

    @Test
    void eachPictureIsWhatItWouldBeAlone() {
        picture("a.png", 160, 96);
        picture("b.png", 160, 96);
        Run.process(in, out + "/", "--only-mask", "--quiet");
        Path alone = folder.resolve("alone.png");
        Run.process(in.resolve("b.png"), alone, "--only-mask", "--quiet");
        assertEquals(0, Pixels.of(alone, "gray").distance(Pixels.of(out.resolve("b.png"), "gray")));
    }

    @Test
    void anUnreadablePictureIsPassedOverAndCounted() throws Exception {
        picture("a.png", 64, 48);
        Files.writeString(in.resolve("b.png"), "not a picture");
        picture("c.png", 64, 48);
        Run run = Run.of("process", in, out + "/");
        assertEquals(3, run.code(), run.err());
        assertTrue(run.err().contains("b.png"), run.err());
        assertEquals(List.of("a.png", "c.png"), Run.names(out));
    }

    @Test
    void nothingButUnreadablePicturesLeavesNothingBehind() throws Exception {
        Files.writeString(in.resolve("b.png"), "not a picture");
        Run.of("process", in, out + "/", "--quiet").failed(3, "b.png");
        assertFalse(Files.exists(out));
    }

    @Test
    void picturesOfOthersAreKept() throws Exception {
        picture("a.png", 64, 48);
        Files.createDirectory(out);
        Files.writeString(out.resolve("a.png"), "mine");
        Run.of("process", in, out).failed(6, "exists already");
        assertEquals("mine", Files.readString(out.resolve("a.png")));
        Run.process(in, out, "--force", "--quiet");
        assertEquals("64x48", size(out.resolve("a.png")));
    }

    @Test
    void theInputsOwnFolderIsRefused() {
        picture("a.png", 64, 48);
        Run.of("process", in, in, "--force").failed(2, "same");
        Run.of("process", in + "/*.png", in + "/", "--force").failed(2, "same");
        Run.of("process", in.resolve("a.png"), in.resolve("a.png"), "--force").failed(2, "same");
        assertEquals("64x48", size(in.resolve("a.png")));
    }

    @Test
    void recordingsBesideThePicturesAreToldOf() {
        picture("a.png", 64, 48);
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:d=0.2", in.resolve("b.mp4"));
        Run run = Run.process(in, out + "/");
        assertTrue(run.err().contains("1 recording is left aside; --jobs 1"), run.err());
        assertTrue(run.err().contains("64×48 picture → " + out + " (1 picture)"), run.err());
        assertTrue(run.err().lines().anyMatch(line -> line.matches("1 picture in [0-9.]+ s")), run.err());
        assertEquals(List.of("a.png"), Run.names(out));
        assertTrue(Run.process(in, out + "/", "--jobs", "1", "--force").err().contains("1 recording: 1 made"));
    }

    @Test
    void aFolderWithNothingToReadSaysWhatIsRead() throws Exception {
        Run.of("process", in, out + "/").failed(3, "neither pictures (jpg", "nor recordings (mp4");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:d=0.2", in.resolve("b.mp4"));
        Run.of("process", in, folder.resolve("one.mp4")).failed(2, "holds recordings", "end with /");
    }

    @Test
    void textUnderAPicturesNameIsNoPicture() throws Exception {
        Path file = Files.writeString(in.resolve("text.png"), "hi");
        Run.of("process", file, folder.resolve("o.png")).failed(3, "text.png is no picture that can be read");
    }

    @Test
    void aFolderBecomesAVideoOfTheFirstPicturesSize() {
        picture("a.png", 64, 48);
        picture("b.png", 80, 60);
        Path video = folder.resolve("out.mp4");
        Run.process(in, video, "--fps", "5", "--quiet");
        assertEquals("64x48", size(video));
        assertEquals(2, Ff.times(video, "v").size());
        assertEquals(0.2, Ff.times(video, "v").getLast(), 0.001);
    }

    @Test
    void aVideoIntoAFolderIsNumbered() {
        Run.process(Run.HANDS, out + "/", "--frames", "3", "--quiet");
        assertEquals(List.of("000001.png", "000002.png", "000003.png"), Run.names(out));
    }

    @Test
    void aPictureOfOnePixelIsAPicture() {
        Ff.mpeg("-f", "lavfi", "-i", "color=red:s=1x1:d=0.04", "-frames:v", "1", in.resolve("a.png"));
        Path one = folder.resolve("one.png");
        Run.process(in.resolve("a.png"), one, "--background", "transparent", "--quiet");
        assertEquals("1x1", size(one));
    }

    @Test
    void aVideoIntoOnePictureSaysWhatToDo() {
        Run.of("process", Run.HANDS, folder.resolve("one.png")).failed(2, "--frames 1");
        assertEquals(List.of("in"), Run.names(folder));
    }
}
