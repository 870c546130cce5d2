package dev.handsover.capture;

import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import dev.handsover.v4l2.VideoDevices;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Opens what the world paces: cameras, screens and addresses that are taken up again after every fault. */
final class LiveSources {
    private LiveSources() {}

    private static Source reopening(Reopening.Opener opener, SourceSpec.Options options) {
        try {
            return Reopening.open(opener, options.frames());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.device("The camera was given up before it gave a picture.");
        }
    }

    /** The rate asked for with {@code --fps} is the camera's, since live frames are not repeated. */
    private static CameraWish wish(SourceSpec.Options options) {
        CameraWish wish = options.camera();
        return wish.fps() != null
                ? wish
                : new CameraWish(wish.format(), wish.width(), wish.height(), options.fps(), wish.patience());
    }

    static Source webcam(SourceSpec.Webcam webcam, SourceSpec.Options options) {
        CameraWish wish = wish(options);
        if (VideoDevices.supported()) {
            return reopening(new Webcams(webcam.camera(), wish), options);
        }
        String system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
        InputDevice device = system.startsWith("mac")
                ? InputDevice.avfoundation(webcam.camera(), wish)
                : InputDevice.directShow(webcam.camera(), wish);
        return reopening(canvas -> device(device, "The camera", options, canvas), options);
    }

    static Source screen(SourceSpec.Screen screen, SourceSpec.Options options) {
        InputDevice device =
                InputDevice.screen(screen, wish(options), System.getProperty("os.name", ""), System.getenv("DISPLAY"));
        return reopening(canvas -> device(device, "The screen", options, canvas), options);
    }

    private static Source device(
            InputDevice device, String name, SourceSpec.Options options, @Nullable PictureFormat canvas) {
        return MediaSource.open(
                new Container.Place(device.url(), name, true, false, true, device),
                options.endless(),
                new MediaSource.Target(canvas, Fit.CONTAIN, false));
    }

    static Source network(String url, SourceSpec.Options options) {
        return reopening(
                canvas -> MediaSource.open(
                        new Container.Place(url, url, true, false, true, null),
                        options.endless(),
                        new MediaSource.Target(canvas, Fit.CONTAIN, false)),
                options);
    }
}
