// The fast guided filter's last step (He and Sun, 2015): alpha = a·Y + b. Java twin: JavaBlendKernels.alpha.
int guided_alpha(float slope, float offset, int luma, float scale) {
    float v = slope * (float(luma) * (1.0 / 255.0)) + offset;
    return int(clamp(v, 0.0, 1.0) * scale + 0.5);
}
