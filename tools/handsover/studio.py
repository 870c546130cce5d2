"""A photographer's studio in software OpenGL: draws bodies and things with their shadows, and tells which part of a
body each pixel shows.

Right-handed, y up; any unit of length, one throughout a picture. Used by one thread; needs python3-moderngl and EGL.
"""
import functools
import math
from dataclasses import dataclass

import cv2
import moderngl
import numpy as np

NOTHING, OTHER, ARM, HAND = range(4)  # what a pixel shows: no layer; cloth, hair, faces, things; bare arm; hand
SHADOW = 768  # side of the shadow map, pixels

FLOOR = """#version 330
uniform mat4 eye; in vec3 place; void main() { gl_Position = eye * vec4(place, 1); }"""
DARK = """#version 330
void main() {}"""
VERTEX = """#version 330
uniform mat4 eye; in vec3 place; in vec3 normal; in vec2 uv; in vec4 tint; in float part;
out vec3 n; out vec2 t; out vec4 c; out vec3 at; flat out float p;
void main() { gl_Position = eye * vec4(place, 1); n = normal; t = uv; c = tint; p = part; at = place; }"""
FRAGMENT = """#version 330
uniform sampler2D skin, lamp; uniform mat4 from_lamp; uniform vec3 sun, sun_colour, sky, ground, camera;
uniform float gloss, power, soft, reach; uniform int warm;
in vec3 n; in vec2 t; in vec4 c; in vec3 at; flat in float p;
layout(location = 0) out vec4 colour; layout(location = 1) out vec4 label;
float lit(vec3 m) {
  vec3 q = (from_lamp * vec4(at + m * 0.012 * reach, 1)).xyz * 0.5 + 0.5;
  float sum = 0;
  for (int y = -1; y <= 1; y++) for (int x = -1; x <= 1; x++)
    sum += texture(lamp, q.xy + vec2(x, y) * soft).r + 0.0015 < q.z ? 0.0 : 1.0;
  return sum / 9;
}
void main() {
  vec4 s = texture(skin, t);
  if (s.a < 0.4) discard;
  vec3 m = normalize(n), look = normalize(camera - at);
  if (dot(m, look) < 0) m = -m;
  vec3 albedo = pow(mix(s.rgb, c.rgb, c.a), vec3(2.2));
  float d = clamp((dot(m, sun) + 0.3) / 1.3, 0, 1), seen = lit(m);
  vec3 diffuse = warm == 1 ? vec3(pow(d, 0.8), d, pow(d, 1.2)) : vec3(d);  // light through skin is redder
  float shine = pow(clamp(dot(m, normalize(sun + look)), 0, 1), power) * gloss * seen;
  vec3 light = mix(ground, sky, 0.5 + 0.5 * m.y) + sun_colour * diffuse * (0.1 + 0.9 * seen);
  colour = vec4(pow(clamp(albedo * light + shine, 0, 1), vec3(1 / 2.2)), 1);
  label = vec4(p / 3, 0, 0, 1);
}"""


@dataclass
class Layer:
    """A surface: `points`, `normals` V x 3, `uv` V x 2 (it repeats), `triangles` T x 3, `part` one of the four above,
    one or V of them; `texture` H x W x 4 RGBA uint8, lowest row first; `tint` V x 4 or 4: a colour 0..1 and how much of it
    replaces the texture. `skin`: light shines through it a little."""

    points: np.ndarray
    normals: np.ndarray
    uv: np.ndarray
    triangles: np.ndarray
    part: object
    texture: np.ndarray
    tint: object = (0, 0, 0, 0)
    skin: bool = False

    def table(self):
        """What the graphics device is given, float32, one row a corner."""
        n = len(self.points)
        tint = np.broadcast_to(np.asarray(self.tint, float), (n, 4))
        part = np.broadcast_to(np.asarray(self.part, float).reshape(-1, 1), (n, 1))
        rows = np.hstack([self.points, self.normals, self.uv, tint, part]).astype("f4")
        return rows[self.triangles.reshape(-1)]


class Studio:
    """An offscreen context of one size, W x H."""

    def __init__(self, size):
        self.context = moderngl.create_standalone_context(backend="egl")
        self.context.enable(moderngl.DEPTH_TEST)
        self.size = size
        self.program = self.context.program(vertex_shader=VERTEX, fragment_shader=FRAGMENT)
        self.shade = self.context.program(vertex_shader=FLOOR, fragment_shader=DARK)
        planes = [self.context.texture(size, 4) for _ in range(2)]
        self.target = self.context.framebuffer(planes, self.context.depth_renderbuffer(size))
        self.lamp = self.context.depth_texture((SHADOW, SHADOW))
        self.lamp.compare_func = ""
        self.lamp.repeat_x = self.lamp.repeat_y = False
        self.dark = self.context.framebuffer(depth_attachment=self.lamp)
        self.program["skin"].value, self.program["lamp"].value = 0, 1
        self.textures = {}

    def draw(self, layers, eye, camera, light):
        """(picture H x W x 3 RGB, part H x W), uint8. `eye`: 4 x 4 from the world to clip space; `light` as of
        lit()."""
        buffers = [self.context.buffer(layer.table().tobytes()) for layer in layers]
        from_lamp, reach = lamp(np.concatenate([layer.points for layer in layers]), light["sun"])
        self.shade["eye"].write(from_lamp.T.astype("f4").tobytes())
        self.dark.use()
        self.dark.clear()
        for buffer in buffers:
            self._render(self.shade, [(buffer, "3f 40x", "place")])
        for name, value in {"eye": eye.T, "from_lamp": from_lamp.T, "camera": camera, "reach": reach, **light}.items():
            self.program[name].write(np.asarray(value, "f4").tobytes())
        self.target.use()
        self.target.clear()
        self.lamp.use(1)
        for layer, buffer in zip(layers, buffers):
            self._texture(layer.texture).use(0)
            self.program["warm"].value = int(layer.skin)
            self._render(self.program, [(buffer, "3f 3f 2f 4f 1f", "place", "normal", "uv", "tint", "part")])
            buffer.release()
        w, h = self.size
        picture, label = (
            np.frombuffer(self.target.read(components=4, attachment=k), np.uint8).reshape(h, w, 4)[::-1] for k in (0, 1)
        )
        return picture[..., :3], np.round(label[..., 0] / 85.0).astype(np.uint8)

    def _texture(self, image):
        size = image.shape[1::-1]
        if size not in self.textures:
            self.textures[size] = self.context.texture(size, 4)
        self.textures[size].write(np.ascontiguousarray(image).tobytes())
        return self.textures[size]

    def _render(self, program, content):
        array = self.context.vertex_array(program, content)
        array.render()
        array.release()


@functools.lru_cache(2)
def of(size):
    """This process's Studio of that size."""
    return Studio(size)


def lamp(points, sun):
    """(4 x 4 into the shadow map's clip space, radius of what it covers) for parallel light from direction `sun`."""
    middle = (points.max(0) + points.min(0)) / 2
    radius = np.linalg.norm(points - middle, axis=1).max() * 1.02
    side = np.cross([0.0, 1, 0] if abs(sun[1]) < 0.9 else [1.0, 0, 0], sun)
    side /= np.linalg.norm(side)
    m = np.eye(4)
    m[:3, :3] = np.stack([side, np.cross(sun, side), -np.asarray(sun)]) / radius
    m[:3, 3] = -m[:3, :3] @ middle
    return m, radius


def lens(world, aspect, angle, least, most):
    """4 x 4 to clip space for a camera with the upright `angle` of view, radians, and the turn and shift `world`."""
    f = 1 / math.tan(angle / 2)
    depth = [-(most + least) / (most - least), -2 * most * least / (most - least)]
    return np.array([[f / aspect, 0, 0, 0], [0, f, 0, 0], [0, 0, *depth], [0, 0, -1, 0]]) @ world


def lit(rng):
    """Light of a room: one lamp, hard or soft, from before or behind, and what comes from above and below."""
    sun = rng.normal(size=3)
    sun[2] = abs(sun[2]) + 0.1 if rng.random() < 0.8 else -abs(sun[2])
    sun[1] = abs(sun[1])
    tint = rng.uniform(0.85, 1.12, 3)
    sky = rng.uniform(0.15, 0.7)
    return {
        "sun": sun / np.linalg.norm(sun),
        "sun_colour": rng.uniform(0.15, 1.1) * rng.uniform(0.85, 1.12, 3),
        "sky": sky * tint,
        "ground": sky * rng.uniform(0.3, 0.9) * tint[::-1],
        "gloss": rng.uniform(0, 0.15),
        "power": rng.uniform(8, 40),
        "soft": rng.uniform(0.8, 9) / SHADOW,
    }


def half(plane):
    """A picture of half the size, averaged."""
    return cv2.resize(plane, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)


def plain(colour):
    """A texture of one colour, RGB 0..1."""
    return np.broadcast_to(np.uint8([*np.clip(np.asarray(colour) * 255, 0, 255), 255]), (4, 4, 4)).copy()
