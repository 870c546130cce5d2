#version 330 core
// Sums along one direction: columns first, then the row that is left.
uniform sampler2D cells;
uniform int along_rows;
layout(location = 0) out vec4 result;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    ivec2 size = textureSize(cells, 0);
    vec4 sum = vec4(0.0);
    int n = along_rows == 1 ? size.x : size.y;
    for (int i = 0; i < n; i++) {
        sum += texelFetch(cells, along_rows == 1 ? ivec2(i, at.y) : ivec2(at.x, i), 0);
    }
    result = sum;
}
