// One element of a network's input tensor from the cells' mean codes. Java twin: Preprocess.tensorJava.
uniform ivec2 cells;
uniform int planar;       // 1: NCHW, 0: NHWC
uniform int bytes;        // of an element: 4 float, 2 half, 1 code
uniform mat4x3 to_rgb;    // rows in the tensor's order of channels
uniform vec3 gain;
uniform vec3 bias;

float element(int at) {
    int plane = cells.x * cells.y;
    int channel = planar == 1 ? at / plane : at % 3;
    int place = planar == 1 ? at % plane : at / 3;
    vec3 rgb = clamp(to_rgb * vec4(means_at(place).xyz, 1.0), 0.0, 1.0) * gain + bias;
    return channel == 0 ? rgb.x : channel == 1 ? rgb.y : rgb.z;
}
