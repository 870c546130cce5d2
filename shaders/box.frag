#version 330 core
// Mean over 2r + 1 cells in one direction; cells outside count nothing. Java twin: OldScene.boxes.
uniform sampler2D cells;
uniform ivec2 direction;
uniform int radius;
layout(location = 0) out vec4 result;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    ivec2 size = textureSize(cells, 0);
    vec4 sum = vec4(0.0);
    for (int i = -radius; i <= radius; i++) {
        ivec2 place = at + i * direction;
        if (all(greaterThanEqual(place, ivec2(0))) && all(lessThan(place, size))) {
            sum += texelFetch(cells, place, 0);
        }
    }
    result = sum / float(2 * radius + 1);
}
