package dev.handsover;

import dev.handsover.frame.Failure;
import dev.handsover.segment.ModelCard;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * What a live run gives up, one after the other, to keep up with its camera: first detail, then the network's quality, then its
 * rate, then the pictures' rate. Step 0 is the user's own settings.
 *
 * @param all from the first to be taken to the last
 */
record Steps(List<Step> all) {
    private static final int LEAST_PIXELS = 12_288;
    private static final String FAST = "hands-fast";

    /**
     * @param name for people
     * @param change of the settings, on top of the steps before
     * @param pictureEvery every so-manieth frame becomes a picture
     */
    record Step(String name, UnaryOperator<Settings> change, int pictureEvery) {}

    Steps {
        all = List.copyOf(all);
    }

    /** The steps that these settings allow. */
    static Steps of(Settings settings) {
        List<Step> steps = new ArrayList<>();
        int pixels = settings.model().pixels() > 0
                ? settings.model().pixels()
                : ModelCard.find(settings.model().name()).input().pixels();
        for (double share : new double[] {0.6, 0.36}) {
            int fewer = (int) (pixels * share);
            if (fewer >= LEAST_PIXELS) {
                steps.add(new Step("coarser edges (" + Math.round(share * 100) + " %)", s -> pixels(s, fewer), 1));
            }
        }
        if (settings.model().name().equals("hands") && known(FAST).isPresent()) {
            steps.add(new Step(
                    "the quicker network " + FAST,
                    s -> s.with(
                            new Settings.ModelChoice(
                                    FAST, s.model().keep(), s.model().pixels()),
                            s.tuning()),
                    1));
        }
        if (settings.tuning().networkEvery() == 1) {
            steps.add(new Step("hands looked for in every second picture", Steps::everySecond, 1));
        }
        steps.add(new Step("half the pictures", s -> s, 2));
        return new Steps(steps);
    }

    private static Optional<ModelCard> known(String name) {
        try {
            return Optional.of(ModelCard.find(name));
        } catch (Failure e) {
            return Optional.empty();
        }
    }

    private static Settings pixels(Settings s, int fewer) {
        return s.with(new Settings.ModelChoice(s.model().name(), s.model().keep(), fewer), s.tuning());
    }

    private static Settings everySecond(Settings s) {
        Settings.Tuning t = s.tuning();
        return s.with(s.model(), new Settings.Tuning(t.compositor(), t.workers(), t.threads(), 2, t.device()));
    }

    /** The user's settings with the first {@code step} steps taken. */
    Settings at(int step, Settings own) {
        Settings settings = own;
        for (Step each : all.subList(0, step)) {
            settings = each.change().apply(settings);
        }
        return settings;
    }

    int pictureEvery(int step) {
        return step == 0 ? 1 : all.get(step - 1).pictureEvery();
    }

    String name(int step) {
        return step == 0 ? "as set" : all.get(step - 1).name();
    }
}
