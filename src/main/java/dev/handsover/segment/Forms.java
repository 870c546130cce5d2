package dev.handsover.segment;

import dev.handsover.frame.ClassForm;
import dev.handsover.frame.ColorSpec;
import dev.handsover.frame.Failure;
import dev.handsover.frame.TensorForm;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** What a card says about tensors, in the numbers that processor and graphics device work with alike. */
public final class Forms {
    private Forms() {}

    /**
     * How frames of that colour become the card's tensor.
     *
     * @param width cells
     * @param height rows of cells
     */
    public static TensorForm input(ColorSpec color, ModelCard.Input card, int width, int height) {
        float[] rgb = color.toRgbMatrix();
        Float[] coefficients = new Float[TensorForm.COEFFICIENTS];
        for (int channel = 0; channel < 3; channel++) {
            int source = card.bgr() ? 2 - channel : channel;
            for (int k = 0; k < 4; k++) {
                coefficients[channel * 4 + k] = rgb[source * 4 + k];
            }
            double std = card.std().get(source);
            coefficients[12 + channel * 2] = (float) (255 / std);
            coefficients[13 + channel * 2] = (float) (-card.mean().get(source) / std);
        }
        int bytes = card.element() == ModelCard.Element.UINT8 ? 1 : 4;
        return new TensorForm(width, height, card.layout() == ModelCard.Layout.NCHW, bytes, List.of(coefficients));
    }

    /**
     * How an output of that shape is read as a mask; throws a model {@code Failure} when it is not what the card says.
     *
     * @param kept one flag a class
     * @param shape of the output tensor, four dimensions
     * @param width cells of the mask
     * @param height rows of cells of the mask
     */
    public static ClassForm output(ModelCard.Output card, boolean[] kept, long[] shape, int width, int height) {
        boolean nchw = card.layout() == ModelCard.Layout.NCHW;
        int channels = (int) (shape.length == 4 ? nchw ? shape[1] : shape[3] : -1);
        if (channels != kept.length) {
            throw Failure.model("The network gives " + Arrays.toString(shape) + " where its card names " + kept.length
                    + (kept.length == 1 ? " class" : " classes") + "; mend layout and classes on the card.");
        }
        int outHeight = (int) (nchw ? shape[2] : shape[1]);
        int outWidth = (int) (nchw ? shape[3] : shape[2]);
        double scaleX = scale(card, outWidth, width);
        double scaleY = scale(card, outHeight, height);
        return new ClassForm(
                switch (card.activation()) {
                    case PROBABILITY -> ClassForm.Meaning.PROBABILITY;
                    case SIGMOID -> ClassForm.Meaning.SIGMOID;
                    case SOFTMAX -> ClassForm.Meaning.SOFTMAX;
                },
                IntStream.range(0, kept.length).mapToObj(i -> kept[i]).toList(),
                outWidth,
                outHeight,
                nchw ? 1 : channels,
                nchw ? outWidth * outHeight : 1,
                scaleX,
                card.alignCorners() ? 0 : 0.5 * scaleX - 0.5,
                scaleY,
                card.alignCorners() ? 0 : 0.5 * scaleY - 0.5);
    }

    private static double scale(ModelCard.Output card, int out, int size) {
        return card.alignCorners() && size > 1 ? (out - 1.0) / (size - 1) : (double) out / size;
    }
}
