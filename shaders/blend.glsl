// Blending on codes. Java twins: JavaBlendKernels.blend, StraightAlpha.
int blend_over(int above, int below, int alpha) {
    return (255 * below + alpha * (above - below) + 127) / 255;
}

// Alpha of two layers on a transparent canvas.
int straight_alpha(int alpha, int before) {
    return alpha + (before * (255 - alpha) + 127) / 255;
}

// Colour of two layers on a transparent canvas, not premultiplied.
int straight_over(int above, int below, int alpha, int before) {
    int rest = before * (255 - alpha);
    int whole = 255 * alpha + rest;
    return (255 * alpha * above + rest * below + whole / 2) / whole;
}
