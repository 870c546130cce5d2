package dev.handsover.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Random;
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
    void isExactWhateverTheSize() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            Rational base =
                    new Rational(1 + (random.nextInt() >>> (1 + i % 31)), 1 + (random.nextInt() >>> (1 + i % 29)));
            long ticks = random.nextLong() >> (20 + i % 44);
            BigDecimal exact = BigDecimal.valueOf(ticks).multiply(BigDecimal.valueOf(1_000_000_000L * base.num()));
            BigDecimal nanos = exact.multiply(BigDecimal.TWO)
                    .add(BigDecimal.valueOf(base.den()))
                    .divide(BigDecimal.valueOf(2L * base.den()), 0, RoundingMode.FLOOR);
            if (nanos.abs().compareTo(BigDecimal.valueOf(Long.MAX_VALUE)) < 0) {
                assertEquals(nanos.longValueExact(), base.toNanos(ticks), base + " " + ticks);
            }
        }
    }

    @Test
    void isKeptInLowestTerms() {
        assertEquals(new Rational(30, 1), new Rational(60, 2));
        assertThrows(IllegalArgumentException.class, () -> new Rational(1, 0));
    }
}
