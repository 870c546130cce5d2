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
    /** Until then the first packets' times are averaged. */
    private static final double SETTLING_SECONDS = 2;

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
            boolean settling = k * PACKET_SECONDS < SETTLING_SECONDS;
            assertTrue(settling || Math.abs(time - before - PACKET_SECONDS) < 0.001, "a seam before packet " + k);
            before = time;
        }
    }

    @Test
    void aFirstPacketThatCameLateIsForgottenWithinAFewPackets() {
        double late = 0.05;
        double time = 0;
        for (int k = 0; k < 20; k++) {
            time = clock.begin(Math.round(((k + 1) * PACKET_SECONDS + late) * 1e9), PACKET_SECONDS) / 1e9;
            late = 0;
        }
        assertEquals(19 * PACKET_SECONDS, time, 0.005);
    }

    /** The machine stands still for 0.3 s: nothing is lost, the packets of that time come all at once. */
    @Test
    void packetsThatComeLateTogetherStayInTheirPlaces() {
        for (int k = 0; k < 1000; k++) {
            double arrival = (k + 1) * PACKET_SECONDS;
            arrival = k >= 500 && k < 515 ? 515 * PACKET_SECONDS : arrival;
            double time = clock.begin(Math.round(arrival * 1e9), PACKET_SECONDS) / 1e9;
            assertEquals(k * PACKET_SECONDS, time, 0.005, "packet " + k);
        }
    }

    @Test
    void afterLostSoundTheTimeJumps() {
        double gone = 3;
        double time = clock.begin(20_000_000, PACKET_SECONDS);
        for (int k = 1; k < 40; k++) {
            time = clock.begin(Math.round((gone + (k + 1) * PACKET_SECONDS) * 1e9), PACKET_SECONDS) / 1e9;
        }
        assertEquals(gone + 39 * PACKET_SECONDS, time, 0.001);
    }
}
