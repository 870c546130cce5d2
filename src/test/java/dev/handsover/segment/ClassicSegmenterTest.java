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
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
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

    /** The tests in Python use both. {@code -Dgolden.update=true} writes them anew. */
    @Test
    void thePictureAndItsTruthAreThePatterns() throws Exception {
        SourceSpec.Pattern pattern = (SourceSpec.Pattern) SourceSpec.parse("pattern:hands?size=160x90&frames=1");
        try (PatternSource source = PatternSource.open(pattern, SourceSpec.Options.ALL);
                FramePool pool = new FramePool(source.format().picture(), 1)) {
            Frame gray = pool.take();
            source.truth(0, gray);
            BufferedImage truth = new BufferedImage(160, 90, BufferedImage.TYPE_BYTE_GRAY);
            for (int i = 0; i < 160 * 90; i++) {
                int code = gray.plane(0).get(ValueLayout.JAVA_BYTE, (long) (i / 160) * gray.stride(0) + i % 160) & 255;
                truth.getRaster().setSample(i % 160, i / 160, 0, code);
            }
            gray.recycle();
            Path golden = PICTURES.resolve("hands-truth.png");
            if (Boolean.getBoolean("golden.update")) {
                ImageIO.write(truth, "png", golden.toFile());
            }
            byte[] wanted = Pixels.of(golden, "gray").frames().getFirst();
            int far = 0;
            for (int i = 0; i < wanted.length; i++) {
                far += Math.abs((wanted[i] & 255) - truth.getRaster().getSample(i % 160, i / 160, 0)) > 8 ? 1 : 0;
            }
            assertTrue(far < 20, far + " pixels are others");
        }
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
