#version 330 core
// Colours of the old scene's cells: blurred sums over blurred weights. Java twin: OldScene.blur.
uniform sampler2D first;
uniform sampler2D second;
uniform sampler2D first_total;
uniform sampler2D second_total;
uniform sampler2D full; // the first sums of a scene without hands, blurred alike
layout(location = 0) out vec4 result;

void main() {
    ivec2 at = ivec2(gl_FragCoord.xy);
    vec4 a = texelFetch(first, at, 0);
    vec4 b = texelFetch(second, at, 0);
    vec4 c = texelFetch(full, at, 0);
    vec4 ta = texelFetch(first_total, ivec2(0), 0);
    vec4 tb = texelFetch(second_total, ivec2(0), 0);
    vec3 mean = vec3(ta.x > 0.0 ? ta.y / ta.x : 126.0, ta.z > 0.0 ? tb.xy / ta.z : vec2(128.0));
    result.x = a.x > c.x * 1e-3 ? a.y / a.x : mean.x;
    result.yz = a.z > c.z * 1e-3 ? b.xy / a.z : mean.yz;
    result.w = 0.0;
}
