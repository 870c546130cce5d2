package dev.handsover;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.composite.Look;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.PictureFormat;
import dev.handsover.matte.MatteSettings;
import java.awt.image.BufferedImage;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Handsover inside another program: what docs/embedding.md promises, and the program that stands there. */
class EmbeddingTest {
    private static final Pattern PROGRAM = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    @TempDir
    Path folder;

    private static Cutout cutout(String model, PictureFormat format) {
        return Cutout.open(
                format,
                new Settings.ModelChoice(model, List.of(), 16_384),
                MatteSettings.DEFAULT,
                Look.over(new Look.Background.Color(0)),
                Settings.LayerFiles.NONE);
    }

    @Test
    void theProgramOfTheDocsKeepsTheHands() throws Exception {
        Matcher program = PROGRAM.matcher(Files.readString(Path.of("docs/embedding.md")));
        assertTrue(program.find(), "docs/embedding.md has no program");
        Path source = Files.writeString(folder.resolve("CutHands.java"), program.group(1));
        String classes = System.getProperty("java.class.path");
        StringWriter said = new StringWriter();
        boolean compiled;
        try (var files = ToolProvider.getSystemJavaCompiler().getStandardFileManager(null, null, null)) {
            List<String> options =
                    List.of("-cp", classes, "-d", folder.toString(), "-Xlint:all", "-Werror", "-proc:none");
            compiled = ToolProvider.getSystemJavaCompiler()
                    .getTask(said, files, null, options, null, files.getJavaFileObjects(source))
                    .call();
        }
        assertTrue(compiled, said.toString());
        Path photo = folder.resolve("photo.png");
        Path truth = folder.resolve("truth.png");
        Path clear = folder.resolve("clear.png");
        ImageIO.write(new BufferedImage(16, 16, BufferedImage.TYPE_INT_ARGB), "png", clear.toFile());
        Run.process("pattern:hands?size=640x360&frames=1", photo, "--background", "none", "--under", clear, "--quiet");
        Run.process("pattern:hands?size=640x360&frames=1", truth, "--only-mask", "--quiet");
        Path cut = folder.resolve("cut.png");
        List<String> command = Run.command(List.of(), photo, cut);
        int main = command.indexOf("dev.handsover.Main");
        command.set(main, "CutHands");
        command.set(main - 1, folder + java.io.File.pathSeparator + classes);
        Process process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("said").toFile())
                .start();
        Run.await(process);
        assertEquals(0, process.exitValue(), Files.readString(folder.resolve("said")));
        agree(ImageIO.read(truth.toFile()), ImageIO.read(cut.toFile()));
    }

    /** The program's alpha is the matte that the command draws, but for the way over a picture file. */
    private static void agree(BufferedImage matte, BufferedImage cut) {
        long hands = 0;
        long apart = 0;
        for (int y = 0; y < cut.getHeight(); y++) {
            for (int x = 0; x < cut.getWidth(); x++) {
                int alpha = cut.getRGB(x, y) >>> 24;
                hands += alpha > 127 ? 1 : 0;
                apart += Math.abs(alpha - (matte.getRGB(x, y) & 255)) > 64 ? 1 : 0;
            }
        }
        long all = (long) cut.getWidth() * cut.getHeight();
        assertTrue(hands > all / 50 && hands < all / 2, hands + " of " + all + " are hands");
        assertTrue(apart < all / 100, apart + " of " + all + " differ");
    }

    @Test
    void framesKeepTheirPlaceInTimeAndComeBack() throws InterruptedException {
        PictureFormat format = PictureFormat.i420(320, 192, ColorSpec.assumedFor(192));
        try (Cutout cutout = cutout("hands-fast", format)) {
            for (int i = 0; i < 20; i++) { // more than may be out at once
                Frame frame = cutout.frame();
                frame.fill(120, 128, 128, 255);
                frame.stamp(i, i * 40_000_000L, 40_000_000L);
                Frame picture = cutout.replace(frame);
                assertEquals(i * 40_000_000L, picture.timeNanos());
                picture.recycle();
            }
        }
    }

    @Test
    void aModelThatIsNotThereIsOneSentence() {
        PictureFormat format = PictureFormat.i420(320, 192, ColorSpec.assumedFor(192));
        Failure failure = assertThrows(Failure.class, () -> cutout("feet", format));
        assertTrue(failure.sentence().contains("There is no model \"feet\""), failure.sentence());
    }
}
