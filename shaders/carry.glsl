// What carries a mask over to a frame that the network does not see. Java twin: MaskMotion, which says what the numbers mean.
// Needs means, before and held, the mask to start from.
const int BLOCK = 16;
const int REACH = 12;
const int SHIFTS = REACH + 1; // tried at first, each way
const float UNKNOWN = 1e30;

// Mean difference between the new block with a rim and the old luma a shift before it, over what the old mask covers there.
float difference(ivec2 block, ivec2 shift) {
    ivec2 from = max(ivec2(0), block * BLOCK - BLOCK / 4);
    ivec2 to = min(means_size, block * BLOCK + BLOCK + BLOCK / 4);
    float sum = 0.0;
    float weight = 0.0;
    for (int y = from.y; y < to.y; y += 2) {
        for (int x = from.x; x < to.x; x += 2) {
            ivec2 old = clamp(ivec2(x, y) - shift, ivec2(0), means_size - 1);
            float covered = held(old);
            sum += covered * abs(means(ivec2(x, y)).x - before(old).x) * (1.0 / 255.0);
            weight += covered;
        }
    }
    return weight < 6.0 ? UNKNOWN : sum / weight;
}
