package dev.handsover.command;

import dev.handsover.composite.GlCompositor;
import dev.handsover.frame.NativeKernels;
import dev.handsover.segment.Segmenter;
import dev.handsover.sink.Encoders;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.function.Supplier;
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

    /** A library that cannot be loaded must not keep the others from being named. */
    private static String loaded(String name, Supplier<String> version) {
        try {
            return name + " " + version.get();
        } catch (LinkageError e) {
            return name + " cannot be loaded (" + e + ")";
        }
    }

    @Override
    public String[] getVersion() {
        return new String[] {
            "handsover " + program(),
            "java " + Runtime.version() + " (" + System.getProperty("java.vendor") + ")",
            loaded("FFmpeg", Encoders::ffmpegVersion),
            loaded("ONNX Runtime", Segmenter::runtimeVersion),
            loaded("LWJGL", GlCompositor::version),
            "kernels " + (NativeKernels.present() ? "native" : "Java (" + NativeKernels.reason() + ")"),
            System.getProperty("os.name") + " " + System.getProperty("os.version") + " " + System.getProperty("os.arch")
        };
    }
}
