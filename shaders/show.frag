#version 330 core
#include "yuv.glsl"
// A picture in a window: planes of codes to premultiplied R'G'B', the mean over each pixel of the window.
uniform sampler2D luma;
uniform sampler2D cb;
uniform sampler2D cr;
uniform sampler2D alpha;
uniform ivec2 corner;      // lower left of the picture in the window
uniform vec2 extent;       // of the picture in the window, pixels
uniform vec2 chroma_part;  // how much of the chroma planes the picture covers: less than 1 where its size is odd
uniform int taps;          // samples of the picture across one pixel of the window
uniform int see_through;   // 0 opaque, 1 transparent, 2 transparent over a chequered board
uniform float square;      // side of the board's squares, pixels
uniform vec2 board;        // its lighter and its darker gray
layout(location = 0) out vec4 result;

void main() {
    vec2 place = gl_FragCoord.xy - vec2(corner);
    place.y = extent.y - place.y;
    vec4 sum = vec4(0.0);
    for (int j = 0; j < taps; j++) {
        for (int i = 0; i < taps; i++) {
            vec2 at = (place + (vec2(i, j) + 0.5) / float(taps) - 0.5) / extent;
            vec3 yuv = vec3(texture(luma, at).r, texture(cb, at * chroma_part).r, texture(cr, at * chroma_part).r);
            float a = see_through == 0 ? 1.0 : texture(alpha, at).r;
            sum += vec4(rgb_of(yuv * 255.0) * a, a);
        }
    }
    result = sum / float(taps * taps);
    if (see_through == 2) {
        ivec2 cell = ivec2(place / square);
        result += (1.0 - result.a) * vec4(vec3((cell.x + cell.y) % 2 == 0 ? board.x : board.y), 1.0);
    }
}
