#version 330 core
// Each cell is a point drawn at its label's cell, where blending adds up.
uniform sampler2D labels;
uniform sampler2D steep;
flat out vec4 mark; // 1, at the border, not yet of one label with all that touch and are alike, 0

void main() {
    ivec2 size = textureSize(steep, 0);
    ivec2 at = ivec2(gl_VertexID % size.x, gl_VertexID / size.x);
    bool inside = texelFetch(steep, at, 0).r > 0.5;
    float own = texelFetch(labels, at, 0).r;
    bool border = any(equal(at, ivec2(0))) || any(equal(at, size - 1));
    bool torn = false;
    for (int k = 0; k < 4; k++) {
        ivec2 next = at + ivec2(k == 0 ? -1 : k == 1 ? 1 : 0, k == 2 ? -1 : k == 3 ? 1 : 0);
        if (all(greaterThanEqual(next, ivec2(0))) && all(lessThan(next, size))) {
            torn = torn || texelFetch(steep, next, 0).r > 0.5 == inside && texelFetch(labels, next, 0).r != own;
        }
    }
    mark = vec4(1.0, border ? 1.0 : 0.0, torn ? 1.0 : 0.0, inside ? 1.0 : 0.0);
    int place = int(own + 0.5);
    vec2 pixel = vec2(place % size.x, place / size.x) + 0.5;
    gl_Position = vec4(pixel / vec2(size) * 2.0 - 1.0, 0.0, 1.0);
    gl_PointSize = 1.0;
}
