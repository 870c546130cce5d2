#version 330 core
flat in vec4 mark;
layout(location = 0) out vec4 result;

void main() {
    result = mark;
}
