package dev.handsover.capture;

import dev.handsover.frame.Failure;
import dev.handsover.frame.PictureFormat;
import dev.handsover.frame.Rational;
import dev.handsover.v4l2.Coding;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a camera or screen is to be taken; a camera that cannot do it gives what comes nearest.
 *
 * @param format of the pictures on their way from the camera
 * @param width columns; 0 leaves the size to the program
 * @param height rows; 0 with {@code width}
 * @param fps frames a second; null leaves the rate to the program
 * @param patience how long a camera that others use is waited for at the start
 */
public record CameraWish(
        Format format, int width, int height, @Nullable Rational fps, Duration patience) {
    public static final CameraWish ANY = new CameraWish(Format.AUTO, 0, 0, null, Duration.ZERO);

    /** What people know formats by. */
    public enum Format {
        AUTO("", ""),
        MJPEG("", "mjpeg"),
        YUYV("yuyv422", ""),
        NV12("nv12", ""),
        H264("", "h264");

        /** FFmpeg's names, for cameras that are reached through it; empty where it does not apply. */
        final String pixels;

        final String codec;

        Format(String pixels, String codec) {
            this.pixels = pixels;
            this.codec = codec;
        }

        boolean takes(Coding coding) {
            return switch (this) {
                case AUTO -> true;
                case MJPEG -> coding == Coding.MJPEG || coding == Coding.JPEG;
                case YUYV -> coding == Coding.YUYV || coding == Coding.UYVY;
                case NV12 -> coding == Coding.NV12 || coding == Coding.I420;
                case H264 -> coding == Coding.H264;
            };
        }

        /** By its name in any case. */
        public static Format of(String name) {
            for (Format each : values()) {
                if (each.name().equals(name.toUpperCase(Locale.ROOT))) {
                    return each;
                }
            }
            throw Failure.usage("There is no camera format \"" + name + "\"; there are auto, mjpeg, yuyv, nv12, h264.");
        }
    }

    public CameraWish {
        boolean sized = width != 0 || height != 0;
        if (sized && (width < 16 || height < 16 || width > PictureFormat.MAX_SIDE || height > PictureFormat.MAX_SIDE)) {
            throw Failure.usage("--camera-size takes WIDTHxHEIGHT from 16x16 to 16384x16384, e.g. 1280x720.");
        }
        if (fps != null && (fps.value() < 0.1 || fps.value() > 1000)) {
            throw Failure.usage("--camera-fps goes from 0.1 to 1000, not " + fps.value() + ".");
        }
        if (patience.isNegative()) {
            throw Failure.usage("--camera-wait takes a time, e.g. 30s.");
        }
    }

    boolean sized() {
        return width > 0;
    }
}
