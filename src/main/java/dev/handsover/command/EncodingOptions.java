package dev.handsover.command;

import dev.handsover.Settings;
import dev.handsover.frame.Failure;
import dev.handsover.sink.Output;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How to write. */
final class EncodingOptions {
    @Option(
            names = "--codec",
            paramLabel = "NAME",
            description =
                    "An encoder as ffmpeg names it: libopenh264, libvpx-vp9, libsvtav1, prores_ks, ffv1 …; doctor lists"
                            + " those found. Default: by the file's extension")
    @Nullable String codec;

    @Option(
            names = "--crf",
            paramLabel = "0..63",
            defaultValue = "-1",
            description =
                    "Constant quality as the encoder counts it (H.264 1..51), lower is better. Default: visually clean")
    int crf;

    @Option(names = "--bitrate", paramLabel = "RATE", description = "Bits a second instead of quality: 4M, 800k.")
    @Nullable String bitrate;

    @Option(
            names = "--preset",
            paramLabel = "NAME",
            description = "The encoder's own speed preset; libopenh264, prores_ks and ffv1 have none.")
    @Nullable String preset;

    @Option(names = "--pixel-format", paramLabel = "NAME", description = "As ffmpeg names it, e.g. yuv420p.")
    @Nullable String pixelFormat;

    @Option(names = "--no-sound", description = "Leaves the sound out of what is written.")
    boolean noSound;

    @Option(
            names = "--size",
            paramLabel = "WxH",
            description =
                    "Pixels of the output, 2x2 to 16384x16384, e.g. 1280x720; what was filmed keeps its shape, in the middle"
                            + " of one that is wider or higher. Default: the input's")
    @Nullable String size;

    @Option(names = "--force", description = "Replaces existing files (when the new one is whole).")
    boolean force;

    /** Null: the frames' own. */
    Settings.@Nullable Size size() {
        return size == null ? null : Converters.size(size);
    }

    Output.Encoding encoding() {
        if (crf < -1 || crf > 63) {
            throw Failure.usage("--crf goes from 0 (best) to 63, not " + crf + ".");
        }
        long bits = bitrate == null ? -1 : Converters.bitrate(bitrate);
        return new Output.Encoding(codec, crf, bits, preset, pixelFormat, !noSound);
    }
}
