package dev.handsover.composite;

/** Colours (or anything) known on cells of 4 × 4 luma pixels, read bilinearly at samples of any plane. */
final class CellMap {
    private final int width;
    private final int height;
    private final int[] columnCell;
    private final float[] columnFrac;
    private final float[] row;
    private final double perSample;

    /**
     * @param width cells
     * @param height rows of cells
     * @param samples in a row of the plane that is to be filled
     * @param shift chroma shift of that plane
     */
    CellMap(int width, int height, int samples, int shift) {
        this.width = width;
        this.height = height;
        this.perSample = (double) (1 << shift) / OldScene.CELL;
        this.columnCell = new int[samples];
        this.columnFrac = new float[samples];
        this.row = new float[samples];
        for (int x = 0; x < samples; x++) {
            double place = Math.clamp((x + 0.5) * perSample - 0.5, 0, width - 1);
            columnCell[x] = Math.max(0, Math.min((int) place, width - 2));
            columnFrac[x] = width == 1 ? 0 : (float) (place - columnCell[x]);
        }
    }

    /** Values at the samples of one row; overwritten by the next call. */
    float[] row(float[] cells, int y) {
        double place = Math.clamp((y + 0.5) * perSample - 0.5, 0, height - 1);
        int top = Math.max(0, Math.min((int) place, height - 2));
        float down = height == 1 ? 0 : (float) (place - top);
        int upper = top * width;
        int lower = height == 1 ? upper : upper + width;
        int right = width == 1 ? 0 : 1;
        for (int x = 0; x < row.length; x++) {
            int c = columnCell[x];
            float f = columnFrac[x];
            float u = cells[upper + c] + f * (cells[upper + c + right] - cells[upper + c]);
            float l = cells[lower + c] + f * (cells[lower + c + right] - cells[lower + c]);
            row[x] = u + down * (l - u);
        }
        return row;
    }
}
