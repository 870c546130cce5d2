package dev.handsover.capture;

import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import dev.handsover.v4l2.Refusal;
import dev.handsover.v4l2.VideoDevice;
import dev.handsover.v4l2.VideoDevice.About;
import dev.handsover.v4l2.VideoDevices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the camera that is meant, opens it, and says in one sentence why that cannot be. Once it was open the same camera is
 * meant for ever: by where it is plugged in, else by its name, whatever number it comes back with.
 */
final class Webcams implements Reopening.Opener {
    private static final long BUSY_PAUSE_MILLIS = 200;
    private static final String OFFER = "'pattern:hands?live=1' in its place needs none";

    private final String wanted;
    private final CameraWish wish;
    private @Nullable About known;

    /** @param wanted empty, a number, a path below /dev, or a part of a name */
    Webcams(String wanted, CameraWish wish) {
        this.wanted = wanted;
        this.wish = wish;
    }

    @Override
    public Source open(@Nullable PictureFormat canvas) throws InterruptedException {
        About again = known;
        if (again != null) {
            return open(find(again), canvas);
        }
        long end = System.nanoTime() + wish.patience().toNanos();
        while (true) {
            try {
                return first();
            } catch (Busy e) {
                if (System.nanoTime() >= end) {
                    throw Failure.device(e.sentence);
                }
            }
            TimeUnit.MILLISECONDS.sleep(BUSY_PAUSE_MILLIS);
        }
    }

    /** A camera that others use, which may pass. */
    private static final class Busy extends Exception {
        private static final long serialVersionUID = 1;
        final String sentence;

        Busy(String sentence) {
            super(sentence);
            this.sentence = sentence;
        }
    }

    /** The camera meant; without any wish, the first that is free. */
    private Source first() throws Busy, InterruptedException {
        List<Path> candidates = candidates();
        Busy busy = null;
        for (Path node : candidates) {
            try {
                WebcamSource source = WebcamSource.open(node, wish, null);
                known = source.about();
                return source;
            } catch (Refusal e) {
                if (!e.busy()) {
                    throw explain(node, e);
                }
                busy = busy == null ? new Busy(busy(node)) : busy;
            }
        }
        throw busy == null ? new Busy("There is no camera.") : busy;
    }

    private List<Path> candidates() {
        if (wanted.startsWith("/")) {
            return List.of(existing(Path.of(wanted)));
        }
        if (wanted.matches("\\d{1,4}")) {
            return List.of(existing(Path.of("/dev/video" + wanted)));
        }
        List<About> cameras = VideoDevices.cameras();
        String part = wanted.toLowerCase(Locale.ROOT);
        List<Path> fitting = cameras.stream()
                .filter(each -> each.card().toLowerCase(Locale.ROOT).contains(part))
                .map(About::node)
                .toList();
        if (!fitting.isEmpty()) {
            return fitting;
        }
        if (!cameras.isEmpty()) {
            throw Failure.device("No camera is called \"" + wanted + "\"; there " + list(cameras) + ".");
        }
        // one that may not be opened is not listed
        for (Path node : VideoDevices.nodes()) {
            try (VideoDevice device = VideoDevice.open(node)) {
                device.about();
            } catch (Refusal e) {
                if (e.forbidden()) {
                    throw explain(node, e);
                }
            }
        }
        throw Failure.device("There is no camera here; plug one in, or go without: " + OFFER + ".");
    }

    private static Path existing(Path node) {
        if (Files.exists(node)) {
            return node;
        }
        List<About> cameras = VideoDevices.cameras();
        throw Failure.device("There is no " + node + "; "
                + (cameras.isEmpty() ? "no camera is plugged in, and " + OFFER : "there " + list(cameras)) + ".");
    }

    private static String list(List<About> cameras) {
        return (cameras.size() == 1 ? "is " : "are ")
                + cameras.stream()
                        .map(each -> each.card() + " (webcam:" + VideoDevices.number(each.node()) + ")")
                        .collect(Collectors.joining(", "));
    }

    private String busy(Path node) {
        List<String> holders = VideoDevices.holders(node);
        List<About> others = VideoDevices.cameras().stream()
                .filter(each -> !each.node().equals(node))
                .toList();
        return "The camera " + node + " is in use by "
                + (holders.isEmpty() ? "another program" : String.join(" and ", holders))
                + "; close that, or wait for it with --camera-wait 30s"
                + (others.isEmpty() ? "." : ", or take another: there " + list(others) + ".");
    }

    private Failure explain(Path node, Refusal e) {
        if (e.busy()) {
            return Failure.device(busy(node));
        }
        if (e.forbidden()) {
            String group = VideoDevices.group(node);
            return Failure.device("The camera " + node + " may not be opened by this user; join its group with"
                    + " sudo usermod -aG " + group + " $USER, then log in again.");
        }
        if (e.gone()) {
            return Failure.device("The camera " + node + " is unplugged; it is taken up again when it is back.");
        }
        return Failure.device("The camera " + node + " cannot be used (" + e.call() + ": " + e.reason()
                + "); try another --camera-format, or another camera.");
    }

    /** Where the known camera is now. */
    private static Path find(About known) {
        List<About> cameras = VideoDevices.cameras();
        for (About each : cameras) {
            if (each.bus().equals(known.bus()) && each.card().equals(known.card())) {
                return each.node();
            }
        }
        for (About each : cameras) {
            if (each.card().equals(known.card())) {
                return each.node();
            }
        }
        throw Failure.device("The camera " + known.card() + " is unplugged; it is taken up again when it is back.");
    }

    private Source open(Path node, @Nullable PictureFormat canvas) throws InterruptedException {
        try {
            WebcamSource source = WebcamSource.open(node, wish, canvas);
            known = source.about();
            return source;
        } catch (Refusal e) {
            throw explain(node, e);
        }
    }
}
