package dev.handsover.command;

import dev.handsover.Settings;
import dev.handsover.capture.SourceSpec;
import dev.handsover.sink.Output;
import java.util.List;
import picocli.CommandLine.Mixin;

/** What every run of frames takes: how a camera is asked, what the pictures show, how they are written. */
final class StreamOptions {
    @Mixin
    CameraOptions camera = new CameraOptions();

    @Mixin
    LookOptions look = new LookOptions();

    @Mixin
    EncodingOptions encoding = new EncodingOptions();

    /**
     * The settings that these flags mean.
     *
     * @param outputs where pictures go, as the user wrote them
     * @param paced frames do not wait, as a camera's do not: the network sees as many pixels as its card says for live
     */
    Settings settings(SourceSpec source, SourceSpec.Options capture, List<String> outputs, boolean paced) {
        return new Settings(
                source,
                capture.with(camera.wish()),
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
