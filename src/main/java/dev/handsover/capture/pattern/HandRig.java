package dev.handsover.capture.pattern;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.joml.Matrix4f;
import org.joml.Vector3f;

/**
 * A skinned hand read from binary glTF: 1,360 vertices, 2,314 triangles, 25 joints named as in WebXR. Metres. The joints look
 * down their own −z with x sideways, so that a finger bends about x and spreads about y; the file has no hierarchy, so each
 * finger is chained to the wrist here.
 */
final class HandRig {
    /** The chains of joints, thumb first, each from the wrist outwards. */
    private static final List<List<String>> FINGERS = List.of(
            List.of("thumb-metacarpal", "thumb-phalanx-proximal", "thumb-phalanx-distal", "thumb-tip"),
            finger("index-finger"),
            finger("middle-finger"),
            finger("ring-finger"),
            finger("pinky-finger"));

    /** Share of a finger's flexion that each joint of its chain takes. */
    private static final float[] THUMB_SHARE = {0.1f, 0.35f, 0.56f, 0};

    private static final float[] FINGER_SHARE = {0, 1, 1.1f, 0.7f, 0};

    final int vertices;
    final int[] triangles;
    final float[] u;
    final float[] v;
    private final float[] position;
    private final float[] normal;
    private final int[] joints;
    private final float[] weights;
    private final List<String> names = new ArrayList<>();
    private final Matrix4f[] inverseBind;
    private final Matrix4f[] bind;
    private final Matrix4f[] world;
    private final Matrix4f[] skin;
    private final Matrix4f upright;

    /** @param right the right hand, else the left */
    HandRig(boolean right) {
        ByteBuffer file = resource(right ? "right.glb" : "left.glb");
        int jsonBytes = file.getInt(12);
        byte[] json = new byte[jsonBytes];
        file.get(20, json);
        JsonObject root =
                JsonParser.parseString(new String(json, StandardCharsets.UTF_8)).getAsJsonObject();
        ByteBuffer data =
                file.slice(20 + jsonBytes + 8, file.capacity() - 28 - jsonBytes).order(ByteOrder.LITTLE_ENDIAN);
        JsonObject mesh = root.getAsJsonArray("meshes").get(0).getAsJsonObject();
        JsonObject primitive = mesh.getAsJsonArray("primitives").get(0).getAsJsonObject();
        JsonObject attributes = primitive.getAsJsonObject("attributes");
        position = read(root, data, attributes.get("POSITION"));
        normal = read(root, data, attributes.get("NORMAL"));
        float[] texture = read(root, data, attributes.get("TEXCOORD_0"));
        joints = whole(read(root, data, attributes.get("JOINTS_0")));
        weights = read(root, data, attributes.get("WEIGHTS_0"));
        triangles = whole(read(root, data, primitive.get("indices")));
        vertices = position.length / 3;
        u = new float[vertices];
        v = new float[vertices];
        for (int i = 0; i < vertices; i++) {
            u[i] = texture[2 * i];
            v[i] = texture[2 * i + 1];
        }
        JsonObject skinned = root.getAsJsonArray("skins").get(0).getAsJsonObject();
        JsonArray nodes = root.getAsJsonArray("nodes");
        for (JsonElement node : skinned.getAsJsonArray("joints")) {
            names.add(nodes.get(node.getAsInt()).getAsJsonObject().get("name").getAsString());
        }
        float[] matrices = read(root, data, skinned.get("inverseBindMatrices"));
        int count = names.size();
        inverseBind = new Matrix4f[count];
        bind = new Matrix4f[count];
        world = new Matrix4f[count];
        skin = new Matrix4f[count];
        for (int i = 0; i < count; i++) {
            inverseBind[i] = new Matrix4f().set(matrices, 16 * i);
            bind[i] = new Matrix4f(inverseBind[i]).invert();
            world[i] = new Matrix4f(bind[i]);
            skin[i] = new Matrix4f();
        }
        upright = upright(right);
    }

    private static List<String> finger(String name) {
        return List.of(
                name + "-metacarpal",
                name + "-phalanx-proximal",
                name + "-phalanx-intermediate",
                name + "-phalanx-distal",
                name + "-tip");
    }

    private static ByteBuffer resource(String name) {
        try (InputStream in = HandRig.class.getResourceAsStream("/dev/handsover/hand/" + name)) {
            if (in == null) {
                throw new IllegalStateException("the program lacks " + name);
            }
            return ByteBuffer.wrap(in.readAllBytes()).order(ByteOrder.LITTLE_ENDIAN);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** One accessor of glTF 2.0 as floats: component types 5121, 5123, 5125 and 5126, not interleaved. */
    private static float[] read(JsonObject root, ByteBuffer data, JsonElement index) {
        JsonObject accessor =
                root.getAsJsonArray("accessors").get(index.getAsInt()).getAsJsonObject();
        JsonObject view = root.getAsJsonArray("bufferViews")
                .get(accessor.get("bufferView").getAsInt())
                .getAsJsonObject();
        int offset = number(view, "byteOffset") + number(accessor, "byteOffset");
        int width =
                switch (accessor.get("type").getAsString()) {
                    case "SCALAR" -> 1;
                    case "VEC2" -> 2;
                    case "VEC3" -> 3;
                    case "VEC4" -> 4;
                    default -> 16;
                };
        int type = accessor.get("componentType").getAsInt();
        float[] values = new float[accessor.get("count").getAsInt() * width];
        for (int i = 0; i < values.length; i++) {
            values[i] = switch (type) {
                case 5121 -> data.get(offset + i) & 0xFF;
                case 5123 -> data.getShort(offset + 2 * i) & 0xFFFF;
                case 5125 -> data.getInt(offset + 4 * i);
                default -> data.getFloat(offset + 4 * i);
            };
        }
        return values;
    }

    private static int number(JsonObject object, String key) {
        return object.has(key) ? object.get(key).getAsInt() : 0;
    }

    private static int[] whole(float[] values) {
        int[] whole = new int[values.length];
        for (int i = 0; i < values.length; i++) {
            whole[i] = (int) values[i];
        }
        return whole;
    }

    /**
     * Turns the rest pose so that the wrist is the origin, the fingers point to −y, and the palm looks to −z: x to the right,
     * y down, z away from the viewer. The right hand's thumb is on its right side then, the left hand's on its left.
     */
    private Matrix4f upright(boolean right) {
        Vector3f wrist = origin("wrist");
        Vector3f down = wrist.sub(origin("middle-finger-phalanx-proximal"), new Vector3f())
                .normalize();
        Vector3f across = origin("index-finger-phalanx-proximal").sub(origin("pinky-finger-phalanx-proximal"));
        across.mul(right ? 1 : -1).fma(-across.dot(down), down).normalize();
        Vector3f away = across.cross(down, new Vector3f());
        return new Matrix4f(
                        across.x, down.x, away.x, 0, across.y, down.y, away.y, 0, across.z, down.z, away.z, 0, 0, 0, 0,
                        1)
                .translate(wrist.negate());
    }

    private Vector3f origin(String joint) {
        return bind[names.indexOf(joint)].getTranslation(new Vector3f());
    }

    /**
     * Poses the hand.
     *
     * @param flex radians of each finger, thumb first: −0.1 stretched, 1.5 curled
     * @param spread radians between neighbours, −0.1 to 0.3
     * @param place turns and moves the upright hand into the scene
     * @param positions result, x y z a vertex
     * @param normals result, unit length
     */
    void pose(float[] flex, float spread, Matrix4f place, float[] positions, float[] normals) {
        int wrist = names.indexOf("wrist");
        world[wrist].set(bind[wrist]);
        for (int finger = 0; finger < FINGERS.size(); finger++) {
            int parent = wrist;
            float[] share = finger == 0 ? THUMB_SHARE : FINGER_SHARE;
            List<String> chain = FINGERS.get(finger);
            for (int k = 0; k < chain.size(); k++) {
                int joint = names.indexOf(chain.get(k));
                float sideways = finger > 0 && k == 1 ? spread * (finger - 2.3f) * 0.45f : 0;
                world[joint]
                        .set(world[parent])
                        .mul(new Matrix4f(bind[parent]).invert().mul(bind[joint]))
                        .rotateX(-flex[finger] * share[k])
                        .rotateY(sideways);
                parent = joint;
            }
        }
        Matrix4f before = new Matrix4f(place).mul(upright);
        for (int i = 0; i < skin.length; i++) {
            before.mul(world[i], skin[i]).mul(inverseBind[i]);
        }
        for (int i = 0; i < vertices; i++) {
            deform(i, positions, normals);
        }
    }

    /** Linear blend skinning of one vertex. */
    private void deform(int i, float[] positions, float[] normals) {
        float px = position[3 * i];
        float py = position[3 * i + 1];
        float pz = position[3 * i + 2];
        float qx = normal[3 * i];
        float qy = normal[3 * i + 1];
        float qz = normal[3 * i + 2];
        float x = 0;
        float y = 0;
        float z = 0;
        float nx = 0;
        float ny = 0;
        float nz = 0;
        float total = 0;
        for (int k = 4 * i; k < 4 * i + 4; k++) {
            float w = weights[k];
            if (w > 0) {
                Matrix4f m = skin[joints[k]];
                total += w;
                x += w * (m.m00() * px + m.m10() * py + m.m20() * pz + m.m30());
                y += w * (m.m01() * px + m.m11() * py + m.m21() * pz + m.m31());
                z += w * (m.m02() * px + m.m12() * py + m.m22() * pz + m.m32());
                nx += w * (m.m00() * qx + m.m10() * qy + m.m20() * qz);
                ny += w * (m.m01() * qx + m.m11() * qy + m.m21() * qz);
                nz += w * (m.m02() * qx + m.m12() * qy + m.m22() * qz);
            }
        }
        float length = (float) Math.sqrt(nx * nx + ny * ny + nz * nz);
        positions[3 * i] = x / total;
        positions[3 * i + 1] = y / total;
        positions[3 * i + 2] = z / total;
        normals[3 * i] = nx / length;
        normals[3 * i + 1] = ny / length;
        normals[3 * i + 2] = nz / length;
    }
}
