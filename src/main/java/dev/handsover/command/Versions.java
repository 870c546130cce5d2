package dev.handsover.command;

import dev.handsover.composite.GlCompositor;
import dev.handsover.frame.NativeKernels;
import dev.handsover.segment.Segmenter;
import dev.handsover.sink.Encoders;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The program's version and those of everything native that it stands on. */
final class Versions implements IVersionProvider {
    /** Of this build. */
    static String program() {
        Properties properties = new Properties();
        try (InputStream in = Versions.class.getResourceAsStream("/dev/handsover/version.properties")) {
            if (in != null) {
                properties.load(in);
            }
        } catch (IOException e) {
            return "unknown";
        }
        return properties.getProperty("version", "unknown");
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "handsover " + program(),
            "java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
            "FFmpeg " + Encoders.ffmpegVersion(),
            "ONNX Runtime " + Segmenter.runtimeVersion(),
            "LWJGL " + GlCompositor.version(),
            "kernels " + (NativeKernels.present() ? "native" : "Java (" + NativeKernels.reason() + ")"),
            System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch")
        };
    }
}
