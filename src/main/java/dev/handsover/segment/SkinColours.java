package dev.handsover.segment;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.handsover.frame.Failure;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** How likely a colour is skin's: each cell by itself, by Bayes from what skin and everything else look like. */
final class SkinColours implements ClassicMethod.Marker {
    private static final int N = ClassicMethod.Normal.DIMENSIONS;
    private static final double SURE = 30;
    private static final double[] SINE = new double[180];

    static {
        for (int hue = 0; hue < SINE.length; hue++) {
            SINE[hue] = Math.sin(hue * Math.PI / 90);
        }
    }

    private final Mixture skin;
    private final Mixture other;
    private final double odds;
    private final double[] colour = new double[N];

    SkinColours(ClassicMethod.SkinGmm numbers) {
        this.skin = new Mixture(numbers.skin());
        this.other = new Mixture(numbers.other());
        this.odds = Math.log(numbers.prior() / (1 - numbers.prior()));
    }

    @Override
    public void mark(MemorySegment rgb, MemorySegment probability) {
        long cells = rgb.byteSize() / 3;
        for (long i = 0; i < cells; i++) {
            int r = rgb.get(JAVA_BYTE, 3 * i) & 255;
            int g = rgb.get(JAVA_BYTE, 3 * i + 1) & 255;
            int b = rgb.get(JAVA_BYTE, 3 * i + 2) & 255;
            colour[0] = Colour.cr(r, g, b) / 255.0;
            colour[1] = Colour.cb(r, g, b) / 255.0;
            colour[2] = SINE[Colour.hue(r, g, b)];
            colour[3] = Colour.saturation(r, g, b) / 255.0;
            double ratio = skin.logDensity(colour) - other.logDensity(colour) + odds;
            probability.setAtIndex(JAVA_FLOAT, i, (float) (1 / (1 + Math.exp(-Math.clamp(ratio, -SURE, SURE)))));
        }
    }

    /** A mixture, ready to be asked: of each covariance the inverse of its Cholesky factor, row by row. */
    private static final class Mixture {
        private static final int TRIANGLE = N * (N + 1) / 2;
        private final int parts;
        private final double[] means;
        private final double[] inverses;
        private final double[] heights;
        private final double[] logs;

        Mixture(List<ClassicMethod.Normal> normals) {
            this.parts = normals.size();
            this.means = new double[parts * N];
            this.inverses = new double[parts * TRIANGLE];
            this.heights = new double[parts];
            this.logs = new double[parts];
            for (int p = 0; p < parts; p++) {
                ClassicMethod.Normal normal = normals.get(p);
                for (int i = 0; i < N; i++) {
                    means[p * N + i] = normal.mean().get(i);
                }
                double[][] factor = cholesky(normal.covariance());
                double diagonal = 0;
                for (int i = 0; i < N; i++) {
                    diagonal += Math.log(factor[i][i]);
                }
                invert(factor, p * TRIANGLE);
                heights[p] = Math.log(normal.weight()) - N / 2.0 * Math.log(2 * Math.PI) - diagonal;
            }
        }

        private static double[][] cholesky(List<List<Double>> covariance) {
            double[][] factor = new double[N][N];
            for (int i = 0; i < N; i++) {
                for (int j = 0; j <= i; j++) {
                    double rest = covariance.get(i).get(j);
                    for (int k = 0; k < j; k++) {
                        rest -= factor[i][k] * factor[j][k];
                    }
                    if (i == j && !(rest > 0)) {
                        throw Failure.model("A covariance on the model's card is not positive definite; fit it again.");
                    }
                    factor[i][j] = i == j ? Math.sqrt(rest) : rest / factor[j][j];
                }
            }
            return factor;
        }

        /** Writes the inverse of a lower triangle at {@code at}, rows of 1, 2, 3, 4 numbers. */
        private void invert(double[][] factor, int at) {
            for (int j = 0; j < N; j++) {
                for (int i = j; i < N; i++) {
                    double sum = i == j ? 1 : 0;
                    for (int k = j; k < i; k++) {
                        sum -= factor[i][k] * inverses[at + k * (k + 1) / 2 + j];
                    }
                    inverses[at + i * (i + 1) / 2 + j] = sum / factor[i][i];
                }
            }
        }

        double logDensity(double[] x) {
            double highest = Double.NEGATIVE_INFINITY;
            for (int p = 0; p < parts; p++) {
                double distance = 0;
                int at = p * TRIANGLE;
                for (int i = 0; i < N; i++) {
                    double z = 0;
                    for (int j = 0; j <= i; j++) {
                        z += inverses[at++] * (x[j] - means[p * N + j]);
                    }
                    distance += z * z;
                }
                logs[p] = heights[p] - distance / 2;
                highest = Math.max(highest, logs[p]);
            }
            double sum = 0;
            for (int p = 0; p < parts; p++) {
                sum += Math.exp(logs[p] - highest);
            }
            return highest + Math.log(sum);
        }
    }
}
