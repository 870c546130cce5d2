package dev.handsover.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.handsover.Ff;
import dev.handsover.matte.MatteSettings;
import dev.handsover.segment.ModelCard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures worked by hand. */
class ScoresTest {
    @TempDir
    Path folder;

    private static byte[] columns(int width, int height, int from, int to, int code) {
        byte[] mask = new byte[width * height];
        for (int i = 0; i < mask.length; i++) {
            if (i % width >= from && i % width < to) {
                mask[i] = (byte) code;
            }
        }
        return mask;
    }

    @Test
    void halfOverlappingBars() {
        Scores scores = new Scores();
        // found: columns 2 to 5, true: 4 to 7 of ten: 2 in both, 6 in either
        Scores.Picture one = scores.add(columns(10, 4, 2, 6, 255), columns(10, 4, 4, 8, 255), 10, 4);
        assertEquals(2 / 6.0, one.iou(), 1e-12);
        assertEquals(2 / 6.0, scores.iou(), 1e-12);
        assertEquals(0.5, scores.precision(), 1e-12);
        assertEquals(0.5, scores.recall(), 1e-12);
        assertEquals(0.5, scores.f(), 1e-12);
        assertEquals(0.4, scores.mae(), 1e-12);
        assertEquals(0.4, scores.coverage(), 1e-12);
    }

    @Test
    void globalAndMeanIouDiffer() {
        Scores scores = new Scores();
        scores.add(columns(10, 4, 0, 8, 255), columns(10, 4, 0, 8, 255), 10, 4);
        scores.add(columns(10, 4, 0, 1, 255), columns(10, 4, 5, 6, 255), 10, 4);
        assertEquals(8 / 10.0, scores.iou(), 1e-12);
        assertEquals(0.5, scores.meanIou(), 1e-12);
        assertEquals(2, scores.pictures());
    }

    @Test
    void meansAreOverPictures() {
        Scores scores = new Scores();
        scores.add(columns(20, 4, 0, 5, 255), columns(20, 4, 0, 10, 255), 20, 4);
        scores.add(columns(10, 1, 0, 1, 255), columns(10, 1, 0, 0, 255), 10, 1);
        // by picture 5 of 20 and 1 of 10 columns are wrong; the second has no hands that could be found
        assertEquals((0.25 + 0.1) / 2, scores.mae(), 1e-12);
        assertEquals(0.5, scores.meanIou(), 1e-12);
        assertEquals(20 / 41.0, scores.iou(), 1e-12);
    }

    @Test
    void grayCountsByItsHalf() {
        Scores scores = new Scores();
        scores.add(columns(10, 1, 0, 5, 127), columns(10, 1, 0, 5, 255), 10, 1);
        assertEquals(0, scores.iou(), 1e-12);
        assertEquals(5 * 128 / 255.0 / 10, scores.mae(), 1e-12);
    }

    @Test
    void outlinesMeetWithinTheBand() {
        Scores near = new Scores();
        // the band of a 200 x 200 picture is 2 pixels: an edge off by 2 meets, one off by 3 or 10 does not
        near.add(columns(200, 200, 20, 60, 255), columns(200, 200, 22, 62, 255), 200, 200);
        assertEquals(1, near.edges(), 1e-12);
        Scores half = new Scores();
        half.add(columns(200, 200, 20, 60, 255), columns(200, 200, 22, 63, 255), 200, 200);
        assertEquals(0.5, half.edges(), 1e-12);
        Scores far = new Scores();
        far.add(columns(100, 100, 20, 60, 255), columns(100, 100, 30, 70, 255), 100, 100);
        assertEquals(0, far.edges(), 1e-12);
    }

    @Test
    void boxesMeetByHalf() {
        assertEquals(1 / 3.0, Boxes.iou(new double[] {0, 0, 1, 1}, new double[] {0.5, 0, 1.5, 1}), 1e-12);
        Boxes boxes = new Boxes();
        boxes.add(columns(100, 100, 20, 60, 255), 100, 100, List.of(new double[] {0.2, 0, 0.65, 1}, new double[] {
            0.8, 0.8, 0.9, 0.9
        }));
        assertEquals(1, boxes.precision(), 1e-12);
        assertEquals(0.5, boxes.recall(), 1e-12);
    }

    @Test
    void stillMattesDoNotFlickerAndBlinkingOnesDo() {
        Flicker calm = new Flicker();
        Flicker blinking = new Flicker();
        byte[] luma = columns(40, 40, 10, 20, 200);
        calm.begin();
        blinking.begin();
        for (int i = 0; i < 6; i++) {
            calm.add(luma, columns(40, 40, 10, 20, 255), 40, 40);
            blinking.add(luma, columns(40, 40, 10, 20, i % 2 == 0 ? 255 : 205), 40, 40);
        }
        assertEquals(0, calm.value(), 1e-12);
        // ten columns blink by 50 among the 32 that are near
        assertEquals(50 * 10 / 32.0, blinking.value(), 1e-9);
    }

    @Test
    void aFolderIsReadAsWhatItHolds() throws Exception {
        for (String name : List.of("a_1.jpg", "a_2.jpg", "b_1.jpg")) {
            Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:d=0.04", "-frames:v", "1", folder.resolve(name));
        }
        Ff.mpeg("-f", "lavfi", "-i", "color=black:s=64x48:d=0.04", "-frames:v", "1", folder.resolve("a_1.png"));
        Files.writeString(folder.resolve("a_2.txt"), "0.1 0.1 0.5 0.5\n");
        Ff.mpeg("-f", "lavfi", "-i", "testsrc2=s=64x48:d=0.2", "-c:v", "mpeg4", folder.resolve("c.mp4"));
        List<Sample> samples = Sample.find(folder);
        assertEquals(4, samples.size());
        assertTrue(samples.get(0) instanceof Sample.Masked);
        assertTrue(samples.get(1) instanceof Sample.Boxed);
        assertTrue(samples.get(2) instanceof Sample.Empty);
        assertTrue(samples.get(3) instanceof Sample.Moving);
        try (Evaluation evaluation = new Evaluation(ModelCard.find("hands"), List.of(), MatteSettings.DEFAULT)) {
            for (Sample sample : samples) {
                evaluation.add(sample);
            }
            assertEquals(1, Objects.requireNonNull(evaluation.masked().get("a")).pictures());
            assertEquals(1, Objects.requireNonNull(evaluation.boxed().get("a")).boxes());
            assertEquals(1, Objects.requireNonNull(evaluation.empty().get("b")).pictures());
            assertTrue(evaluation.moving().containsKey("c"));
        }
    }
}
