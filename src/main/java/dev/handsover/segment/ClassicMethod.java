package dev.handsover.segment;

import dev.handsover.frame.Failure;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** How a mask is made without a network: the card says which, and brings the numbers that were counted beforehand. */
public sealed interface ClassicMethod {
    /** Redness above the threshold that parts the picture's histogram into the two most different classes (Otsu 1979). */
    record Otsu() implements ClassicMethod {}

    /** Redness above the threshold that is halfway between the means of what it parts (Ridler and Calvard 1978). */
    record RidlerCalvard() implements ClassicMethod {}

    /**
     * Skin colour by Bayes from two mixtures of normal distributions over (Cr, Cb, sine of hue, saturation).
     *
     * @param prior share of skin among all pixels, between 0 and 1
     */
    record SkinGmm(double prior, List<Normal> skin, List<Normal> other) implements ClassicMethod {
        public SkinGmm {
            skin = List.copyOf(skin);
            other = List.copyOf(other);
            if (!(prior > 0 && prior < 1) || skin.isEmpty() || other.isEmpty()) {
                throw Failure.model("skin-gmm needs a prior between 0 and 1, and skin and other of one normal or more");
            }
        }
    }

    /**
     * One normal distribution of a mixture.
     *
     * @param weight its share of the mixture, above 0
     * @param mean {@link #DIMENSIONS} numbers
     * @param covariance as many rows of as many numbers, symmetric and positive definite
     */
    record Normal(double weight, List<Double> mean, List<List<Double>> covariance) {
        public static final int DIMENSIONS = 4;

        public Normal {
            mean = List.copyOf(mean);
            covariance = covariance.stream().map(List::copyOf).toList();
            if (!(weight > 0)
                    || mean.size() != DIMENSIONS
                    || covariance.size() != DIMENSIONS
                    || covariance.stream().anyMatch(row -> row.size() != DIMENSIONS)) {
                throw Failure.model("a normal needs a weight above 0, a mean of " + DIMENSIONS
                        + " numbers and a covariance of as many rows of as many");
            }
        }
    }

    /** What it is called, for people. */
    default String describe() {
        return switch (this) {
            case Otsu() -> "Otsu's threshold";
            case RidlerCalvard() -> "Ridler and Calvard's threshold";
            case SkinGmm _ -> "skin colours";
        };
    }

    /** Its work for masks of a size; used by one thread at a time. */
    default Marker marker(int width, int height) {
        return switch (this) {
            case Otsu() -> new RednessThreshold(width, height, RednessThreshold::otsu);
            case RidlerCalvard() -> new RednessThreshold(width, height, RednessThreshold::ridlerCalvard);
            case SkinGmm colours -> new SkinColours(colours);
        };
    }

    /** Cells of colour to probabilities. */
    interface Marker {
        /**
         * @param rgb three bytes a cell, R'G'B', rows without gaps
         * @param probability as many 32-bit floats as there are cells, all of them written, 0..1
         */
        void mark(MemorySegment rgb, MemorySegment probability);
    }
}
