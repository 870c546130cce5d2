package dev.handsover.capture;

import dev.handsover.frame.Rational;
import dev.handsover.v4l2.Coding;
import dev.handsover.v4l2.Mode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The way in which a camera is asked for its pictures.
 *
 * @param rate frames a second, or null when the camera does not list any
 */
record ModeChoice(
        Coding coding, int width, int height, @Nullable Rational rate) {
    private static final int WIDTH = 1280;
    private static final int HEIGHT = 720;
    private static final double RATE = 30;
    /** A rate this much below the wanted one, as a ratio, is as good as that: 29.97 for 30. */
    private static final double NEARLY = 0.98;

    /**
     * The best of what there is: the wanted size before the rate when a size was asked for; otherwise a smaller picture at
     * full rate before a large one that jerks. Of equals the one that costs least to take in. Null when nothing fits the
     * wanted format.
     */
    static @Nullable ModeChoice of(List<Mode> modes, CameraWish wish) {
        Mode best = null;
        double least = Double.MAX_VALUE;
        for (Mode mode : modes) {
            if (!wish.format().takes(mode.coding())) {
                continue;
            }
            double cost = cost(mode, wish);
            if (cost < least) {
                least = cost;
                best = mode;
            }
        }
        if (best == null) {
            return null;
        }
        boolean exact = best.anySize() && wish.sized();
        return new ModeChoice(
                best.coding(),
                exact ? wish.width() : best.width(),
                exact ? wish.height() : best.height(),
                rate(best, wanted(wish)));
    }

    private static double wanted(CameraWish wish) {
        Rational fps = wish.fps();
        return fps == null ? RATE : fps.value();
    }

    private static double cost(Mode mode, CameraWish wish) {
        double width = wish.sized() ? wish.width() : WIDTH;
        double height = wish.sized() ? wish.height() : HEIGHT;
        double size = Math.abs(Math.log(mode.width() / width)) + Math.abs(Math.log(mode.height() / height));
        Rational fastest = mode.rates().isEmpty() ? null : mode.rates().getFirst();
        double reached = fastest == null ? 1 : Math.min(1, fastest.value() / wanted(wish));
        double slow = reached >= NEARLY ? 0 : 1 - reached;
        return size * (wish.sized() ? 100 : 1) + slow * 3 + mode.coding().effort() * 1e-3;
    }

    /** The lowest listed rate that reaches the wanted one, or the highest. */
    private static @Nullable Rational rate(Mode mode, double wanted) {
        Rational chosen = null;
        for (Rational each : mode.rates()) {
            if (chosen == null || each.value() >= wanted * NEARLY) {
                chosen = each;
            }
        }
        return chosen;
    }

    @Override
    public String toString() {
        return width + "×" + height + " " + coding.name().toLowerCase(Locale.ROOT)
                + (rate == null ? "" : String.format(Locale.ROOT, " at %.2f fps", rate.value()));
    }
}
