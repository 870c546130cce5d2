package dev.handsover.segment;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.handsover.frame.Failure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;

/**
 * A card for a network that has none, guessed from its inputs and outputs: RGB in 0..255 for bytes and −1..1 for floats,
 * one channel is a probability, several are logits of which the last is kept.
 */
final class BareNetwork {
    private BareNetwork() {}

    static ModelCard card(Path file) {
        if (!Files.isReadable(file)) {
            throw Failure.model("There is no network " + file + "; check the name.");
        }
        try (OrtSession session = NetworkSegmenter.environment().createSession(file.toString())) {
            NodeInfo in = session.getInputInfo().values().iterator().next();
            NodeInfo out = session.getOutputInfo().values().iterator().next();
            if (!(in.getInfo() instanceof TensorInfo input) || !(out.getInfo() instanceof TensorInfo output)) {
                throw Failure.model(file + " takes or gives no tensors; write a card for it (docs/models.md).");
            }
            return guess(file, in.getName(), input, out.getName(), output);
        } catch (OrtException e) {
            throw Failure.model(
                    "ONNX Runtime cannot read " + file + " as a network: " + NetworkSegmenter.reason(e) + ".");
        }
    }

    private static ModelCard guess(Path file, String inName, TensorInfo in, String outName, TensorInfo out) {
        long[] shape = in.getShape();
        long[] result = out.getShape();
        if (shape.length != 4 || result.length != 4) {
            throw Failure.model(
                    file + " is no picture network (its tensors have not four dimensions); write a card for it.");
        }
        boolean nhwc = shape[3] == 3 && shape[1] != 3;
        boolean outNhwc = nhwc && result[1] != 1;
        int channels = (int) Math.max(1, outNhwc ? result[3] : result[1]);
        boolean bytes = in.type == OnnxJavaType.UINT8;
        long height = nhwc ? shape[1] : shape[2];
        long width = nhwc ? shape[2] : shape[3];
        int pixels = height > 0 && width > 0 ? (int) (height * width) : 61440;
        double center = bytes ? 0 : 127.5;
        double span = bytes ? 1 : 127.5;
        ModelCard.Input input = new ModelCard.Input(
                inName,
                nhwc ? ModelCard.Layout.NHWC : ModelCard.Layout.NCHW,
                bytes ? ModelCard.Element.UINT8 : ModelCard.Element.FLOAT32,
                false,
                32,
                0,
                pixels,
                List.of(center, center, center),
                List.of(span, span, span));
        List<String> classes =
                IntStream.range(0, channels).mapToObj(i -> "class" + i).toList();
        ModelCard.Output output = new ModelCard.Output(
                outName,
                outNhwc ? ModelCard.Layout.NHWC : ModelCard.Layout.NCHW,
                channels == 1 ? ModelCard.Activation.PROBABILITY : ModelCard.Activation.SOFTMAX,
                classes,
                List.of(classes.get(channels - 1)),
                false);
        String name = file.getFileName().toString();
        return new ModelCard(
                name, name + " (card guessed)", file, "", input, output, "not stated", "not stated", Double.NaN, null);
    }
}
