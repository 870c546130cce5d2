package dev.handsover.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.handsover.Ff;
import dev.handsover.Pixels;
import dev.handsover.Run;
import dev.handsover.capture.SourceSpec;
import dev.handsover.capture.pattern.PatternSource;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Frame;
import dev.handsover.frame.FramePool;
import dev.handsover.frame.Mask;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.IntBinaryOperator;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Methods without a network, held to what scikit-image and scikit-learn say of the same pixels. The masks in
 * {@code src/test/resources/classic} are written by {@code pytest tools/tests/test_classic.py --golden-update}, and held to
 * those libraries by the same test.
 */
class ClassicSegmenterTest {
    private static final Path PICTURES = Path.of("src/test/resources/classic");

    @TempDir
    Path folder;

    @ParameterizedTest
    @CsvSource({
        "otsu, hands",
        "otsu, colours",
        "ridler-calvard, hands",
        "ridler-calvard, colours",
        "skin-gmm, hands",
        "skin-gmm, colours"
    })
    void theMaskIsTheReferences(String card, String picture) {
        Pixels colours = Pixels.of(PICTURES.resolve(picture + ".png"), "rgb24");
        byte[] wanted = Pixels.of(PICTURES.resolve(picture + "-" + card + ".png"), "gray")
                .frames()
                .getFirst();
        try (Arena arena = Arena.ofConfined()) {
            byte[] codes = colours.frames().getFirst();
            MemorySegment rgb = arena.allocate(codes.length);
            MemorySegment.copy(codes, 0, rgb, ValueLayout.JAVA_BYTE, 0, codes.length);
            MemorySegment found = arena.allocate(4L * wanted.length, 4);
            Objects.requireNonNull(ModelCard.find(card).method())
                    .marker(colours.width(), colours.height())
                    .mark(rgb, found);
            for (int i = 0; i < wanted.length; i++) {
                // the reference is rounded to a code of eight bits
                assertEquals(
                        (wanted[i] & 255) / 255f, found.getAtIndex(ValueLayout.JAVA_FLOAT, i), 0.502f / 255, "at " + i);
            }
        }
    }

    /** The tests in Python use both. {@code -Dgolden.update=true} writes them anew; the masks must follow. */
    @Test
    void thePictureAndItsTruthAreThePatterns() throws Exception {
        SourceSpec.Pattern pattern = (SourceSpec.Pattern) SourceSpec.parse("pattern:hands?size=160x90&frames=1");
        try (PatternSource source = PatternSource.open(pattern, SourceSpec.Options.ALL);
                FramePool pool = new FramePool(source.format().picture(), 2)) {
            Frame gray = pool.take();
            Frame colour = pool.take();
            source.truth(0, gray);
            source.frame(0, colour);
            float[] rgb = source.format().picture().color().toRgbMatrix();
            golden("hands-truth", (x, y) -> code(gray, 0, x, y) * 0x010101);
            golden("hands", (x, y) -> {
                int value = 0;
                for (int channel = 0; channel < 12; channel += 4) {
                    float part = rgb[channel] * code(colour, 0, x, y)
                            + rgb[channel + 1] * code(colour, 1, x / 2, y / 2)
                            + rgb[channel + 2] * code(colour, 2, x / 2, y / 2)
                            + rgb[channel + 3];
                    value = value << 8 | Math.round(Math.clamp(part, 0, 1) * 255);
                }
                return value;
            });
            gray.recycle();
            colour.recycle();
        }
    }

    private static int code(Frame frame, int plane, int x, int y) {
        return frame.plane(plane).get(ValueLayout.JAVA_BYTE, (long) y * frame.stride(plane) + x) & 255;
    }

    private static void golden(String name, IntBinaryOperator drawn) throws IOException {
        BufferedImage image = new BufferedImage(160, 90, BufferedImage.TYPE_INT_RGB);
        for (int i = 0; i < 160 * 90; i++) {
            image.setRGB(i % 160, i / 160, drawn.applyAsInt(i % 160, i / 160));
        }
        Path file = PICTURES.resolve(name + ".png");
        if (Boolean.getBoolean("golden.update")) {
            ImageIO.write(image, "png", file.toFile());
        }
        byte[] wanted = Pixels.of(file, "rgb24").frames().getFirst();
        int far = 0;
        for (int i = 0; i < wanted.length; i++) {
            int found = image.getRGB(i / 3 % 160, i / 3 / 160) >> (16 - i % 3 * 8) & 255;
            far += Math.abs((wanted[i] & 255) - found) > 8 ? 1 : 0;
        }
        assertTrue(far < 60, far + " of " + wanted.length + " codes are others");
    }

    @ParameterizedTest
    @ValueSource(strings = {"otsu", "ridler-calvard", "skin-gmm"})
    void aFrameCostsNoMemory(String card) throws Exception {
        SourceSpec.Pattern pattern = (SourceSpec.Pattern) SourceSpec.parse("pattern:hands?frames=1");
        try (PatternSource source = PatternSource.open(pattern, SourceSpec.Options.ALL);
                Segmenter segmenter = Segmenter.open(
                                ModelCard.find(card), source.format().picture(), List.of(), 1, 1, 0)
                        .getFirst()) {
            Frame frame = Objects.requireNonNull(source.read());
            ThreadMXBean thread = (ThreadMXBean) ManagementFactory.getThreadMXBean();
            long least = Long.MAX_VALUE;
            // what is not compiled yet allocates a little; the least of many frames is what a frame costs
            for (int i = 0; i < 60; i++) {
                long before = thread.getCurrentThreadAllocatedBytes();
                segmenter.segment(frame);
                least = Math.min(least, thread.getCurrentThreadAllocatedBytes() - before);
            }
            assertTrue(least < 4096, least + " bytes a frame");
            frame.recycle();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"otsu", "ridler-calvard", "skin-gmm"})
    void aPictureOfOneColourHasNoHands(String card) throws Exception {
        SourceSpec.Pattern pattern = (SourceSpec.Pattern) SourceSpec.parse("pattern:hands?frames=1");
        try (PatternSource source = PatternSource.open(pattern, SourceSpec.Options.ALL);
                Segmenter segmenter = Segmenter.open(
                                ModelCard.find(card), source.format().picture(), List.of(), 1, 1, 0)
                        .getFirst()) {
            Frame frame = Objects.requireNonNull(source.read());
            for (int plane = 0; plane < 3; plane++) {
                frame.plane(plane).fill((byte) 128);
            }
            Mask mask = segmenter.segment(frame);
            for (long i = 0; i < (long) mask.width() * mask.height(); i++) {
                assertTrue(mask.probability().getAtIndex(ValueLayout.JAVA_FLOAT, i) < 0.5f);
            }
            frame.recycle();
        }
    }

    @Test
    void redHandsBeforeABlueWallAreFoundInAVideo() throws Exception {
        Path video = folder.resolve("in.mp4");
        Ff.mpeg(
                "-f",
                "lavfi",
                "-i",
                "color=0x5060A0:s=320x180:d=0.2,drawbox=x=80:y=40:w=120:h=100:c=0xD09078:t=fill",
                "-pix_fmt",
                "yuv420p",
                video);
        for (String model : List.of("otsu", "ridler-calvard", "skin-gmm")) {
            Path out = folder.resolve(model + ".mp4");
            Run.process(video, out, "--model", model, "--only-mask");
            byte[] matte = Pixels.of(out, "gray").frames().getFirst();
            assertTrue((matte[90 * 320 + 140] & 255) > 230, model);
            assertTrue((matte[20 * 320 + 20] & 255) < 25, model);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{\"name\": \"guess\"}; otsu, ridler-calvard or skin-gmm",
                "{\"name\": \"otsu\", \"prior\": 1}; \"prior\" is unknown here",
                "{\"name\": \"skin-gmm\", \"prior\": 0.1}; \"skin\" is missing",
                "{\"name\": \"skin-gmm\", \"prior\": 2, \"skin\": [], \"other\": []}; between 0 and 1",
                "{\"name\": \"skin-gmm\", \"prior\": 0.1, \"skin\": [{\"weight\": 1, \"mean\": [0], \"covariance\": []}],"
                        + " \"other\": []}; mean of 4 numbers"
            })
    void aWrongCardIsOneSentence(String method, String said) throws Exception {
        Path card = Files.writeString(
                folder.resolve("mine.json"),
                "{\"kind\": \"classic\", \"method\": %s, \"output\": {\"classes\": [\"a\"], \"keep\": [\"a\"]}}"
                        .formatted(method));
        Failure failure = assertThrows(Failure.class, () -> ModelCard.read(card));
        assertEquals(Failure.Kind.MODEL, failure.kind());
        assertTrue(failure.sentence().contains(said), failure.sentence());
    }
}
