package dev.handsover.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import dev.handsover.capture.Source;
import dev.handsover.capture.SourceSpec;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Frame;
import dev.handsover.frame.Mask;
import dev.handsover.frame.PictureFormat;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every card in {@code models/} against its network: checksum, shapes, and the mask of a known picture, at which somebody has
 * looked. {@code mvn test -Dtest=ShippedModelsTest -Dgolden.update=true} writes the masks anew; where one differs, what was
 * found stands in {@code target/golden}.
 */
class ShippedModelsTest {
    private static final Path MODELS = Path.of("models");
    private static final Path GOLDEN = Path.of("src/test/resources/golden/models");
    private static final Path FOUND = Path.of("target/golden/models");
    private static final boolean UPDATE = Boolean.getBoolean("golden.update");

    static List<String> names() throws IOException {
        return names(MODELS, ".json");
    }

    private static List<String> names(Path folder, String ending) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(ending))
                    .map(name -> name.substring(0, name.length() - ending.length()))
                    .sorted()
                    .toList();
        }
    }

    private static ModelCard card(String name) {
        return ModelCard.read(MODELS.resolve(name + ".json"));
    }

    @ParameterizedTest
    @MethodSource("names")
    void theNetworkIsTheOneOnTheCard(String name) {
        ModelCard card = card(name);
        card.verify();
        if (card.method() == null) {
            assertEquals(64, card.sha256().length(), "a shipped card vouches for its network");
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void anyAspectGetsAMaskOfTheCardsSize(String name) throws Exception {
        ModelCard card = card(name);
        for (PictureFormat format : List.of(
                PictureFormat.i420(640, 480, ColorSpec.assumedFor(480)),
                PictureFormat.i420(360, 640, ColorSpec.assumedFor(640)))) {
            try (Segmenter segmenter =
                    Segmenter.open(card, format, List.of(), 1, 1, 0).getFirst()) {
                int[] size = card.input()
                        .sizeFor(format.displayAspect(), card.input().pixels());
                assertArrayEquals(size, new int[] {segmenter.width(), segmenter.height()});
            }
        }
    }

    @ParameterizedTest
    @MethodSource("names")
    void theMaskIsTheOneSomebodyLookedAt(String name) throws Exception {
        ModelCard card = card(name);
        boolean hands = !card.file().getFileName().toString().startsWith("voc");
        String picture = hands
                ? "pattern:hands?size=640x360&frames=1"
                : Path.of(Objects.requireNonNull(getClass().getResource("/voc/bird.png"))
                                .toURI())
                        .toString();
        BufferedImage found = mask(card, picture);
        Path golden = GOLDEN.resolve(name + ".png");
        if (UPDATE) {
            Files.createDirectories(GOLDEN);
            ImageIO.write(found, "png", golden.toFile());
        }
        if (!Files.exists(golden)) {
            fail("there is no " + golden + "; run with -Dgolden.update=true, then look at it");
        }
        compare(name, ImageIO.read(golden.toFile()), found);
    }

    @Test
    void noMaskOutlivesItsModel() throws Exception {
        Files.createDirectories(GOLDEN);
        Set<String> left = names(GOLDEN, ".png").stream().collect(Collectors.toSet());
        names().forEach(left::remove);
        if (UPDATE) {
            for (String name : left) {
                Files.delete(GOLDEN.resolve(name + ".png"));
            }
        } else {
            assertEquals(Set.of(), left, "these models are gone; run with -Dgolden.update=true");
        }
    }

    /** Probabilities as codes of eight bits, at model size. */
    private static BufferedImage mask(ModelCard card, String picture) throws Exception {
        try (Source source = SourceSpec.parse(picture).open(SourceSpec.Options.ALL);
                Segmenter segmenter = Segmenter.open(card, source.format().picture(), List.of(), 1, 2, 0)
                        .getFirst()) {
            Frame frame = Objects.requireNonNull(source.read());
            Mask mask = segmenter.segment(frame);
            frame.recycle();
            BufferedImage image = new BufferedImage(mask.width(), mask.height(), BufferedImage.TYPE_BYTE_GRAY);
            for (int y = 0; y < mask.height(); y++) {
                for (int x = 0; x < mask.width(); x++) {
                    float p = mask.probability().getAtIndex(ValueLayout.JAVA_FLOAT, (long) y * mask.width() + x);
                    image.getRaster().setSample(x, y, 0, Math.round(p * 255));
                }
            }
            return image;
        }
    }

    /** Other processors round otherwise, and networks of eight bits saturate otherwise; a mask that is another differs more. */
    private static void compare(String name, BufferedImage wanted, BufferedImage found) throws IOException {
        assertEquals(wanted.getWidth(), found.getWidth());
        assertEquals(wanted.getHeight(), found.getHeight());
        int[] a = wanted.getRaster().getSamples(0, 0, wanted.getWidth(), wanted.getHeight(), 0, (int[]) null);
        int[] b = found.getRaster().getSamples(0, 0, wanted.getWidth(), wanted.getHeight(), 0, (int[]) null);
        double sum = 0;
        int far = 0;
        for (int i = 0; i < a.length; i++) {
            int difference = Math.abs(a[i] - b[i]);
            sum += difference;
            far += difference > 40 ? 1 : 0;
        }
        double mean = sum / 255 / a.length;
        double share = (double) far / a.length;
        if (mean > 0.005 || share > 0.005) {
            Files.createDirectories(FOUND);
            ImageIO.write(found, "png", FOUND.resolve(name + ".png").toFile());
        }
        assertTrue(mean <= 0.005 && share <= 0.005, "mean difference " + mean + ", far off " + share);
    }
}
