package dev.handsover.command;

import dev.handsover.Settings;
import dev.handsover.capture.CameraWish;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How a camera or screen is taken. */
final class CameraOptions {
    @Option(
            names = "--camera-size",
            paramLabel = "WxH",
            description = "Pixels of a camera's pictures. Default: 1280x720, or what comes nearest at a full rate")
    @Nullable String size;

    @Option(names = "--camera-fps", paramLabel = "RATE", description = "Frames a second of a camera. Default: 30")
    @Nullable String fps;

    @Option(
            names = "--camera-format",
            paramLabel = "FORMAT",
            defaultValue = "auto",
            description = "How a camera sends its pictures: auto, mjpeg, yuyv, nv12, h264. Default: ${DEFAULT-VALUE}")
    String format = "";

    @Option(
            names = "--camera-wait",
            paramLabel = "TIME",
            defaultValue = "0s",
            description = "How long a camera that another program uses is waited for. Default: ${DEFAULT-VALUE}")
    String patience = "";

    CameraWish wish() {
        Settings.Size pixels = size == null ? null : Converters.size(size);
        return new CameraWish(
                CameraWish.Format.of(format),
                pixels == null ? 0 : pixels.width(),
                pixels == null ? 0 : pixels.height(),
                fps == null ? null : Converters.rate(fps),
                Converters.time(patience));
    }
}
