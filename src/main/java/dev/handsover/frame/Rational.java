package dev.handsover.frame;

import java.math.BigInteger;

/** An exact fraction, as containers state frame rates, time bases and pixel aspects; {@code den > 0}, {@code num >= 0}. */
public record Rational(int num, int den) {
    public static final Rational ONE = new Rational(1, 1);

    public Rational {
        if (den <= 0 || num < 0) {
            throw new IllegalArgumentException("not a fraction: " + num + "/" + den);
        }
        int divisor = BigInteger.valueOf(num).gcd(BigInteger.valueOf(den)).intValue();
        if (divisor > 1) {
            num /= divisor;
            den /= divisor;
        }
    }

    /** One over this, which must not be 0. */
    public Rational inverse() {
        int numerator = den;
        int denominator = num;
        return new Rational(numerator, denominator);
    }

    public double value() {
        return (double) num / den;
    }

    /** Nanoseconds of {@code ticks} of this time base, to the nearest. */
    public long toNanos(long ticks) {
        return scale(ticks, 1_000_000_000L * num, den);
    }

    /** Ticks of this time base in {@code nanos}, to the nearest: the inverse of {@link #toNanos} for ticks over 2 ns. */
    public long toTicks(long nanos) {
        return scale(nanos, den, 1_000_000_000L * num);
    }

    /** value · mul / div, to the nearest, halves up, without overflow on the way. */
    private static long scale(long value, long mul, long div) {
        // whole divisors aside, nearly everything fits 64 bits; this runs for every frame and must leave no garbage
        long whole = Math.floorDiv(value, div);
        long rest = 2 * Math.floorMod(value, div);
        boolean fits = div < (1L << 61) && Math.multiplyHigh(whole, mul) == whole * mul >> 63;
        long product = rest * mul;
        if (fits && Math.multiplyHigh(rest, mul) == 0 && product >= 0 && product < Long.MAX_VALUE - div) {
            return Math.addExact(whole * mul, (product + div) / (2 * div));
        }
        BigInteger twice =
                BigInteger.valueOf(value).multiply(BigInteger.valueOf(mul)).shiftLeft(1);
        BigInteger[] parts = twice.add(BigInteger.valueOf(div))
                .divideAndRemainder(BigInteger.valueOf(div).shiftLeft(1));
        return parts[1].signum() < 0 ? parts[0].longValueExact() - 1 : parts[0].longValueExact();
    }

    @Override
    public String toString() {
        return num + "/" + den;
    }
}
