package dev.handsover.segment;

/** Seam: all that the program knows about a model. */
public record ModelCard(String name) {
    /** Finds a shipped model by name, a card by path, or a network by path ({@code .onnx}). */
    public static ModelCard find(String argument) {
        throw new UnsupportedOperationException();
    }
}
