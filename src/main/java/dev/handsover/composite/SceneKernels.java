package dev.handsover.composite;

/**
 * The arithmetic of the looks that are made of the scene itself: docs/compositing.md, sections 1 to 4 and 7. Two
 * implementations give the same bits, as with {@link BlendKernels}. Planes do not overlap.
 */
interface SceneKernels {
    /** Sums over square cells: of 255 − alpha into {@code weights}, of (255 − alpha) · code into {@code values}. */
    void weigh(long from, int stride, Plane alpha, int cell, Cells weights, Cells values);

    /** Three box filters of 2r + 1 cells each way, in place; what lies outside counts nothing. */
    void boxes(Cells plane, Cells tmp, int r);

    /** {@code values / weights} where the weight is above a thousandth of the full one, else {@code otherwise}. */
    void quotients(Cells values, Cells weights, Cells full, float otherwise, Cells out);

    /** The cells at every sample of a plane, rounded to codes. */
    void spread(Cells cells, CellMap map, long out, int stride, int rows);

    /** Squares of {@code side} samples, each the mean of its samples weighted with 255 − alpha. */
    void squares(long from, int stride, Plane alpha, int side, int nothing, long out, int outStride);

    /** {@code offset + span · alpha / 255}, rounded. */
    void gray(Plane alpha, int offset, int span, long out, int outStride);

    /** A row of a layer over codes of straight alpha; {@code before} is the alpha that is there. */
    void over(long above, long alpha, long before, long onto, int w);

    /** A row of a layer's alpha over the alpha that is there. */
    void cover(long alpha, long onto, int w);

    /** {@link Warp#resample}. */
    void warp(long from, int stride, int w, int h, Warp warp, Plane to, boolean clear);
}
