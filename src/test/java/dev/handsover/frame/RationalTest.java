package dev.handsover.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class RationalTest {
    @Test
    void ticksAndNanosAreInverse() {
        for (Rational base :
                new Rational[] {new Rational(1, 90_000), new Rational(1001, 30_000), new Rational(1, 16_000_000)}) {
            for (long ticks = -100_000; ticks < 100_000; ticks += 37) {
                assertEquals(ticks, base.toTicks(base.toNanos(ticks)), base + " " + ticks);
            }
            long far = 1L << 36;
            assertEquals(far, base.toTicks(base.toNanos(far)));
            assertEquals(-far, base.toTicks(base.toNanos(-far)));
        }
    }

    @Test
    void roundsToTheNearest() {
        assertEquals(33_333_333, new Rational(1, 30).toNanos(1));
        assertEquals(66_666_667, new Rational(1, 30).toNanos(2));
        assertEquals(-66_666_667, new Rational(1, 30).toNanos(-2));
    }

    @Test
    void isKeptInLowestTerms() {
        assertEquals(new Rational(30, 1), new Rational(60, 2));
        assertThrows(IllegalArgumentException.class, () -> new Rational(1, 0));
    }
}
