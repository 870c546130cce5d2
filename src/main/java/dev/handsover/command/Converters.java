package dev.handsover.command;

import dev.handsover.Settings.Size;
import dev.handsover.frame.Failure;
import dev.handsover.frame.Rational;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Words of the command line to values; each error says what would have been right. */
final class Converters {
    private static final Pattern UNIT_TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)(ms|s|m|h)?");
    private static final Pattern CLOCK_TIME = Pattern.compile("(?:(\\d+):)?(\\d{1,2}):(\\d{1,2}(?:\\.\\d+)?)");
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})[x×:](\\d{1,5})");
    private static final Pattern RATE = Pattern.compile("(\\d{1,7})(?:/(\\d{1,7}))?|(\\d{1,4}\\.\\d{1,3})");
    private static final Pattern AMOUNT = Pattern.compile("(\\d+(?:\\.\\d+)?)([kKmM])?");

    private Converters() {}

    /** {@code 5}, {@code 5s}, {@code 500ms}, {@code 1.5m}, {@code 2h}, {@code 1:23.5}, {@code 1:02:03}. */
    static Duration time(String text) {
        Matcher unit = UNIT_TIME.matcher(text.strip());
        if (unit.matches()) {
            String word = unit.group(2) == null ? "s" : unit.group(2);
            long nanos =
                    switch (word) {
                        case "ms" -> 1_000_000L;
                        case "m" -> 60_000_000_000L;
                        case "h" -> 3_600_000_000_000L;
                        default -> 1_000_000_000L;
                    };
            return Duration.ofNanos(new BigDecimal(unit.group(1))
                    .multiply(BigDecimal.valueOf(nanos))
                    .longValue());
        }
        Matcher clock = CLOCK_TIME.matcher(text.strip());
        if (clock.matches()) {
            long hours = clock.group(1) == null ? 0 : Long.parseLong(clock.group(1));
            BigDecimal seconds = new BigDecimal(clock.group(3)).movePointRight(9);
            return Duration.ofHours(hours)
                    .plusMinutes(Long.parseLong(clock.group(2)))
                    .plusNanos(seconds.longValue());
        }
        throw Failure.usage("\"" + text + "\" is not a time; write 5s, 500ms, 1:23.5 or 1:02:03.");
    }

    static Size size(String text) {
        Matcher matcher = SIZE.matcher(text.strip());
        if (!matcher.matches()) {
            throw Failure.usage("\"" + text + "\" is not a size; write WIDTHxHEIGHT, e.g. 1280x720.");
        }
        return new Size(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    /** {@code 30}, {@code 29.97}, {@code 30000/1001}. */
    static Rational rate(String text) {
        Matcher matcher = RATE.matcher(text.strip());
        if (matcher.matches()) {
            Rational rate;
            if (matcher.group(3) != null) {
                rate = new Rational(
                        new BigDecimal(matcher.group(3)).movePointRight(3).intValue(), 1000);
            } else {
                int den = matcher.group(2) == null ? 1 : Integer.parseInt(matcher.group(2));
                rate = den == 0 ? new Rational(0, 1) : new Rational(Integer.parseInt(matcher.group(1)), den);
            }
            if (rate.value() >= 0.01 && rate.value() <= 1000) {
                return rate;
            }
        }
        throw Failure.usage("\"" + text + "\" is not a frame rate; write 30, 29.97 or 30000/1001.");
    }

    /** {@code 4000000}, {@code 4000k}, {@code 4M}. */
    static long bitrate(String text) {
        Matcher matcher = AMOUNT.matcher(text.strip());
        if (!matcher.matches()) {
            throw Failure.usage("\"" + text + "\" is not a bit rate; write 4M, 800k or 4000000.");
        }
        int shift = matcher.group(2) == null ? 0 : matcher.group(2).equalsIgnoreCase("k") ? 3 : 6;
        return new BigDecimal(matcher.group(1)).movePointRight(shift).longValue();
    }

    /** Numbers between commas, exactly {@code count} of them. */
    static float[] numbers(String flag, String text, int count) {
        String[] words = text.split(",", -1);
        if (words.length != count) {
            throw Failure.usage(flag + " takes " + count + " numbers with commas between, not \"" + text + "\".");
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            try {
                values[i] = Float.parseFloat(words[i].strip());
            } catch (NumberFormatException e) {
                throw Failure.usage("\"" + words[i] + "\" in " + flag + " is not a number.");
            }
        }
        return values;
    }
}
