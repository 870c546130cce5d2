package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever is wrong with what the program is given: a sentence, the right code, nothing left behind. */
class BadInputTest {
    @TempDir
    Path folder;

    private Run run(Object in, Object... more) {
        Object[] all = new Object[more.length + 4];
        all[0] = "process";
        all[1] = in;
        all[2] = folder.resolve("out.mp4");
        all[3] = "--quiet";
        System.arraycopy(more, 0, all, 4, more.length);
        return Run.of(all);
    }

    private void assertNothingLeft(String... inputs) {
        assertEquals(Arrays.stream(inputs).sorted().toList(), Run.names(folder));
    }

    private Path video(String name, String... arguments) {
        Path file = folder.resolve(name);
        Object[] all = new Object[arguments.length + 5];
        System.arraycopy(new Object[] {"-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=2"}, 0, all, 0, 4);
        System.arraycopy(arguments, 0, all, 4, arguments.length);
        all[all.length - 1] = file;
        Ff.mpeg(all);
        return file;
    }

    @ParameterizedTest
    @CsvSource({
        "missing.mp4,no file",
        "empty.mp4,empty",
        "text.mp4,video",
        "sound.m4a,no video",
        "folder,neither pictures",
        "zeros.mp4,cannot be read",
        "head.mp4,cannot be read",
        "none.mkv,cannot be read",
        "shot_%04d.png,No picture",
        "*.gif,No picture",
        "pattern:cats,hands",
        "'pattern:hands?size=9x9',16x16",
        "nosuch://x,no file"
    })
    void inputsThatHoldNoVideo(String name, String word) throws Exception {
        Path file = folder.resolve(name.replaceAll("[:/?]", "_"));
        boolean made = true;
        switch (name) {
            case "empty.mp4" -> Files.createFile(file);
            case "text.mp4" -> Files.writeString(file, "dear diary, nothing moved today\n".repeat(99));
            case "sound.m4a" -> Ff.mpeg("-f", "lavfi", "-i", "sine=d=1", file);
            case "folder" -> Files.createDirectory(file);
            case "zeros.mp4" -> Files.write(file, new byte[5000]);
            case "head.mp4" -> {
                byte[] all = Files.readAllBytes(video("head.mp4", "-c:v", "libopenh264"));
                Files.write(file, Arrays.copyOf(all, all.length / 2));
            }
            case "none.mkv" ->
                Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=160x96:r=25:d=1", "-frames:v", "0", "-c:v", "ffv1", file);
            default -> made = false;
        }
        boolean path = !name.contains(":");
        Run run = run(path ? file : name);
        run.failed(name.startsWith("pattern") ? 2 : 3, word);
        assertNothingLeft(made ? new String[] {name} : new String[0]);
    }

    @ParameterizedTest
    @CsvSource({"mkv,ffv1,4", "ts,libopenh264,6", "mp4,libopenh264,6"})
    void aTruncatedFileIsProcessedAsFarAsItGoes(String extension, String codec, int tenths) throws Exception {
        String[] flags = extension.equals("mp4")
                ? new String[] {"-c:v", codec, "-movflags", "+faststart"}
                : new String[] {"-c:v", codec};
        Path file = video("in." + extension, flags);
        byte[] all = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(all, all.length * tenths / 10));
        Run run = Run.of("process", file, folder.resolve("out.mp4"));
        int frames = Ff.times(folder.resolve("out.mp4"), "v").size();
        assertTrue(frames > 5 && frames < 50, frames + " frames");
        if (extension.equals("mp4")) {
            assertEquals(3, run.code(), run.err());
            assertTrue(run.err().contains("lost"), run.err());
        } else {
            // these containers do not tell how much there should be
            assertTrue(run.code() == 0 || run.code() == 3, run.err());
        }
    }

    @Test
    void pathsThatMayNotBeUsed() throws Exception {
        assumeFalse("root".equals(System.getProperty("user.name")), "root may use any path");
        Path file = video("in.mkv", "-c:v", "ffv1");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("-w-------"));
        run(file).failed(3, "may not be read");
        Path closed = Files.createDirectory(folder.resolve("closed"));
        Files.setPosixFilePermissions(closed, PosixFilePermissions.fromString("r-x------"));
        Run.of("process", Run.HANDS, closed.resolve("out.mp4")).failed(6, "may not be written");
    }

    @ParameterizedTest
    @CsvSource({
        "no/such/out.mp4,6,no folder",
        "out.xyz,2,out_%05d.png",
        "out,2,.mp4",
        "/dev/null/out.mp4,6,folder",
        "/proc/out.mp4,6,out.mp4"
    })
    void placesThatCannotBeWritten(String place, int code, String word) {
        Run.of("process", Run.HANDS, place.startsWith("/") ? place : folder + "/" + place, "--quiet")
                .failed(code, word);
        assertNothingLeft();
    }

    @Test
    void aFolderWhereAFileIsMeant() throws Exception {
        Files.createDirectory(folder.resolve("out.mp4"));
        run(Run.HANDS, "--output", folder.resolve("second.mkv"), "--output", folder.resolve("x/y.mkv"))
                .failed(6);
        assertEquals(List.of("out.mp4"), Run.names(folder));
        assertEquals(List.of(), Run.names(folder.resolve("out.mp4")));
    }

    @Test
    void theInputIsNeverTheOutput() throws Exception {
        Path file = video("in.mkv", "-c:v", "ffv1");
        byte[] before = Files.readAllBytes(file);
        Path link = Files.createSymbolicLink(folder.resolve("link.mkv"), file);
        for (Object out : List.of(file, folder + "/./in.mkv", link)) {
            Run.of("process", file, out, "--force").failed(2, "same");
        }
        Run.of("process", file, folder.resolve("a.mp4"), "--output", file, "--force")
                .failed(2, "same");
        assertTrue(Arrays.equals(before, Files.readAllBytes(file)));
        assertNothingLeft("in.mkv", "link.mkv");
    }

    @Test
    void theSameOutputTwice() {
        run(Run.HANDS, "--output", folder + "/./out.mp4").failed(2, "named twice");
        Run.of("process", Run.HANDS, "-", "--output", "y4m:-").failed(2, "named twice");
        Run.of("process", Run.HANDS).failed(2, "where the result goes");
        assertNothingLeft();
    }

    @ParameterizedTest
    @ValueSource(strings = {"missing.png", "empty.png", "text.png", "half.png", "emptyfolder", "sound.m4a"})
    void backgroundsThatCannotBeRead(String name) throws Exception {
        Path file = folder.resolve(name);
        switch (name) {
            case "empty.png" -> Files.createFile(file);
            case "text.png" -> Files.writeString(file, "not a picture");
            case "half.png" -> Files.write(file, new byte[] {(byte) 0x89, 'P', 'N', 'G', 13, 10, 26, 10, 0, 0});
            case "emptyfolder" -> Files.createDirectory(file);
            case "sound.m4a" -> Ff.mpeg("-f", "lavfi", "-i", "sine=d=1", file);
            default -> assertFalse(Files.exists(file));
        }
        String[] there = Files.exists(file) ? new String[] {name} : new String[0];
        run(Run.HANDS, "--background", file).failed(3, name);
        run(Run.HANDS, "--background", "none", "--under", file).failed(3, name);
        run(Run.HANDS, "--over", file).failed(3, name);
        assertNothingLeft(there);
    }

    @ParameterizedTest
    @CsvSource({
        "--codec nope,2,nope", "--pixel-format foo,2,foo", "--pixel-format yuv444p,6,libopenh264",
        "--codec libvpx,2,cannot hold", "--codec png,2,", "--size 4x4,6,libopenh264"
    })
    void encodersThatCannotDoIt(String flags, int code, String word) {
        if ("--codec png".equals(flags)) {
            // PNG in MP4 is odd, but it is written and read
            assertEquals(0, run(Run.HANDS, "--codec", "png").code());
            return;
        }
        run(Run.HANDS, (Object[]) flags.split(" ")).failed(code, word);
        assertNothingLeft();
    }

    @Test
    void giantsAreRefusedWithTheLimit() throws Exception {
        Run.of("process", blank("big.png", 16384, 16384), folder.resolve("out.png"))
                .failed(3, "big.png");
        Run.of("process", blank("large.png", 8000, 8000), folder.resolve("out.png"))
                .failed(3, "8000×8000", "--max-pixels");
        Run.of("process", blank("wide.png", 20000, 16), folder.resolve("out.png"))
                .failed(3, "16384");
        assertNothingLeft("big.png", "large.png", "wide.png");
    }

    /** A black picture, one bit a pixel. */
    private Path blank(String name, int width, int height) throws IOException {
        Path file = folder.resolve(name);
        ImageIO.write(new BufferedImage(width, height, BufferedImage.TYPE_BYTE_BINARY), "png", file.toFile());
        return file;
    }

    @Test
    void onePixelIsNoVideoOfH264ButAPicture() {
        Path file = folder.resolve("one.png");
        Ff.mpeg("-f", "lavfi", "-i", "color=red:s=1x1:d=0.04", "-frames:v", "1", file);
        run(file).failed(6, "1×1");
        assertEquals(0, Run.of("process", file, folder.resolve("out.png")).code());
        assertNothingLeft("one.png", "out.png");
    }

    @Test
    void modelsThatCannotRun() throws Exception {
        Path models = Path.of(System.getProperty("handsover.home", "."), "models");
        String card = Files.readString(models.resolve("hands.json"));
        byte[] network = Files.readAllBytes(models.resolve("hands.onnx"));
        String sum =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(network));
        assertTrue(card.contains(sum), "the shipped card vouches for its network");
        run(Run.HANDS, "--model", "nosuch").failed(4, "nosuch");
        run(Run.HANDS, "--model", folder.resolve("no.onnx")).failed(4, "no.onnx");
        run(Run.HANDS, "--model", card("missing", card, null)).failed(4, "missing.onnx");
        run(Run.HANDS, "--model", card("cut", card, Arrays.copyOf(network, network.length / 2)))
                .failed(4, "cut.onnx");
        network[network.length / 2] ^= 1;
        run(Run.HANDS, "--model", card("changed", card, network)).failed(4, "changed.onnx");
        network[network.length / 2] ^= 1;
        byte[] text = "this is no network".getBytes(StandardCharsets.UTF_8);
        String unsigned = card.replace(sum, "");
        run(Run.HANDS, "--model", card("text", unsigned, text)).failed(4, "text.onnx");
        run(Run.HANDS, "--model", card("torn", unsigned, Arrays.copyOf(network, network.length / 2)))
                .failed(4, "torn.onnx");
        run(Run.HANDS, "--model", card("turned", card.replaceFirst("\"nchw\"", "\"nhwc\""), network))
                .failed(4, "turned");
        run(
                        Run.HANDS,
                        "--model",
                        card("noclass", card.replaceAll("\"keep\": \\[[^]]*]", "\"keep\": [\"paw\"]"), network))
                .failed(4, "noclass", "keep");
        run(Run.HANDS, "--model", card("nojson", "{ nothing", network)).failed(4, "nojson");
        run(Run.HANDS, "--keep", "paw").failed(2, "paw");
        assertFalse(Files.exists(folder.resolve("out.mp4")));
        assertFalse(Files.exists(folder.resolve("out.mp4.part")));
    }

    private Path card(String name, String text, byte @org.jspecify.annotations.Nullable [] network) throws IOException {
        if (network != null) {
            Files.write(folder.resolve(name + ".onnx"), network);
        }
        return Files.writeString(folder.resolve(name + ".json"), text.replace("hands.onnx", name + ".onnx"));
    }

    @Test
    void aFileThatShrinksToNothingInTheMiddleIsFinished() throws Exception {
        Path file = video("in.ts", "-c:v", "libopenh264");
        try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
            long length = access.length();
            access.seek(length / 2);
            access.write(new byte[(int) (length / 2)]);
        }
        Run run = Run.of("process", file, folder.resolve("out.mp4"));
        assertTrue(run.code() == 0 || run.code() == 3, run.err());
        int frames = Ff.times(folder.resolve("out.mp4"), "v").size();
        assertTrue(frames > 5 && frames <= 50, frames + " frames");
        assertNothingLeft("in.ts", "out.mp4");
    }
}
