package dev.handsover.command;

import dev.handsover.Settings;
import dev.handsover.capture.DecoderWish;
import dev.handsover.capture.SourceSpec;
import dev.handsover.sink.Output;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every run of frames takes: how a camera is asked, what the pictures show, how they are written. */
final class StreamOptions {
    @Mixin
    CameraOptions camera = new CameraOptions();

    @Option(
            names = "--decoder",
            paramLabel = "auto|software|cuda[:N]",
            defaultValue = "software",
            description = "What decodes recordings: cuda is an NVIDIA card, :1 the second; auto takes one where it can."
                    + " Default: ${DEFAULT-VALUE}, until a card was measured")
    String decoder = "";

    @Mixin
    LookOptions look = new LookOptions();

    @Mixin
    EncodingOptions encoding = new EncodingOptions();

    /** What these flags say of a source, with the rest of what is said of it. */
    SourceSpec.Options capture(SourceSpec.Options rest) {
        return rest.with(camera.wish(), DecoderWish.parse(decoder));
    }

    /**
     * The settings that these flags mean.
     *
     * @param outputs where pictures go, as the user wrote them
     * @param paced frames do not wait, as a camera's do not: the network sees as many pixels as its card says for live
     */
    Settings settings(SourceSpec source, SourceSpec.Options capture, List<String> outputs, boolean paced) {
        return new Settings(
                source,
                capture(capture),
                paced || source.live() ? look.liveModel() : look.model(),
                look.matte(),
                look.look(),
                look.layers(),
                encoding.size(),
                outputs.stream().map(Output::parse).toList(),
                encoding.encoding(),
                encoding.force,
                look.tuning());
    }
}
