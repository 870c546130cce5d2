package dev.handsover.capture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An hour of a simulated sound card beside the computer's clock. */
class SoundClockTest {
    private static final double PACKET_SECONDS = 0.02;
    private static final double HOUR_SECONDS = 3600;
    private static final double LIMIT_SECONDS = 0.04;

    private final SoundClock clock = new SoundClock();

    /** A card that counts a thousandth too fast or too slow, whose packets come up to 8 ms late and now and then 60. */
    @ParameterizedTest
    @ValueSource(doubles = {0.001, -0.001, 0})
    void soundStaysWithThePicturesForAnHour(double fast) {
        Random random = new Random(5);
        double really = PACKET_SECONDS / (1 + fast);
        double before = Double.NaN;
        for (int k = 0; k * really < HOUR_SECONDS; k++) {
            double late = random.nextInt(500) == 0 ? 0.06 : 0.008 * random.nextDouble();
            double time = clock.begin(Math.round(((k + 1) * really + late) * 1e9), PACKET_SECONDS) / 1e9;
            assertEquals(k * really, time, LIMIT_SECONDS, "packet " + k);
            assertTrue(k == 0 || Math.abs(time - before - PACKET_SECONDS) < 0.001, "a seam before packet " + k);
            before = time;
        }
    }

    @Test
    void afterLostSoundTheTimeJumps() {
        clock.begin(20_000_000, PACKET_SECONDS);
        assertEquals(3_000_000_000L, clock.begin(3_020_000_000L, PACKET_SECONDS));
    }
}
