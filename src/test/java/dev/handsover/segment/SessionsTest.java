package dev.handsover.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.PictureFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/** One network is opened once, however many runs use it at the same time or, while it is held, one after another. */
class SessionsTest {
    private static final PictureFormat WIDE = format(320, 192);
    private static final PictureFormat SQUARE = format(192, 192);

    private static PictureFormat format(int width, int height) {
        return PictureFormat.i420(width, height, ColorSpec.JPEG);
    }

    private static List<Segmenter> open(PictureFormat frames) {
        return Segmenter.open(ModelCard.find("hands"), frames, List.of(), 2, 1, 16_384);
    }

    @Test
    void runsOfOneShapeShareANetwork() {
        int before = NetworkSegmenter.networks();
        List<Segmenter> one = open(WIDE);
        List<Segmenter> two = open(WIDE);
        assertEquals(before + 1, NetworkSegmenter.networks());
        List<Segmenter> other = open(SQUARE);
        assertEquals(before + 2, NetworkSegmenter.networks());
        one.forEach(Segmenter::close);
        assertEquals(before + 2, NetworkSegmenter.networks());
        two.forEach(Segmenter::close);
        other.forEach(Segmenter::close);
        assertEquals(before, NetworkSegmenter.networks());
    }

    @Test
    void heldNetworksStayOpen() {
        int before = NetworkSegmenter.networks();
        try (Segmenter.Hold _ = Segmenter.hold()) {
            open(WIDE).forEach(Segmenter::close);
            assertEquals(before + 1, NetworkSegmenter.networks());
            open(WIDE).forEach(Segmenter::close);
            assertEquals(before + 1, NetworkSegmenter.networks());
        }
        assertEquals(before, NetworkSegmenter.networks());
    }
}
