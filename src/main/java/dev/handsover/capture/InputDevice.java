package dev.handsover.capture;

import dev.handsover.frame.Failure;
import dev.handsover.frame.Rational;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A device that is reached through FFmpeg's libavdevice, in its words.
 *
 * @param format the input format: x11grab, gdigrab, avfoundation, dshow
 * @param url what to open
 * @param settings options of the input format
 */
record InputDevice(String format, String url, Map<String, String> settings) {
    private static final String SCREEN_RATE = "30";
    /** DirectShow throws pictures away when this is full: a second of raw 1080p. */
    private static final String DSHOW_BYTES = "200000000";

    InputDevice {
        settings = Map.copyOf(settings);
    }

    /** A camera of macOS: by number or by a part of its name; without either the first. */
    static InputDevice avfoundation(String camera, CameraWish wish) {
        Map<String, String> settings = common(wish);
        if (!wish.format().pixels.isEmpty()) {
            settings.put("pixel_format", wish.format().pixels);
        }
        settings.putIfAbsent("framerate", "30");
        return new InputDevice("avfoundation", (camera.isEmpty() ? "0" : camera) + ":none", settings);
    }

    /** A camera of Windows, by its full name or, of several with that name, the N-th. */
    static InputDevice directShow(String name, CameraWish wish) {
        Map<String, String> settings = common(wish);
        if (!wish.format().pixels.isEmpty()) {
            settings.put("pixel_format", wish.format().pixels);
        } else if (!wish.format().codec.isEmpty()) {
            settings.put("vcodec", wish.format().codec);
        }
        settings.put("rtbufsize", DSHOW_BYTES);
        return new InputDevice("dshow", "video=" + name, settings);
    }

    private static Map<String, String> common(CameraWish wish) {
        Map<String, String> settings = new LinkedHashMap<>();
        if (wish.sized()) {
            settings.put("video_size", wish.width() + "x" + wish.height());
        }
        Rational fps = wish.fps();
        if (fps != null) {
            settings.put("framerate", fps.num() + "/" + fps.den());
        }
        return settings;
    }

    /**
     * A screen or a part of it, as this system's FFmpeg grabs it.
     *
     * @param system {@code os.name}
     * @param display {@code $DISPLAY}, where there is one
     */
    static InputDevice screen(SourceSpec.Screen part, CameraWish wish, String system, @Nullable String display) {
        Rational fps = wish.fps();
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("framerate", fps == null ? SCREEN_RATE : fps.num() + "/" + fps.den());
        String name = system.toLowerCase(Locale.ROOT);
        if (name.startsWith("mac")) {
            settings.put("capture_cursor", "1");
            return new InputDevice("avfoundation", "Capture screen 0:none", settings);
        }
        if (part.width() > 0) {
            settings.put("video_size", part.width() + "x" + part.height());
        }
        if (name.startsWith("windows")) {
            settings.put("offset_x", Integer.toString(part.x()));
            settings.put("offset_y", Integer.toString(part.y()));
            return new InputDevice("gdigrab", "desktop", settings);
        }
        if (display == null || display.isBlank()) {
            throw Failure.device("There is no display to take the screen of; start inside a desktop session, or set"
                    + " DISPLAY (under Wayland alone screens cannot be taken).");
        }
        return new InputDevice("x11grab", display + "+" + part.x() + "," + part.y(), settings);
    }
}
