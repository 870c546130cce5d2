package dev.handsover.capture.pattern;

import org.joml.Matrix4f;
import org.joml.Vector3f;

/** One hand with its sleeve: posed, lit and drawn. Light comes from a window on the upper left and from a pale ceiling. */
final class Arm {
    private static final int RINGS = 14;
    private static final int AROUND = 28;
    /** Skin, linear 0..1, from which each seed takes one. */
    private static final float[][] TONES = {
        {0.90f, 0.74f, 0.66f},
        {0.84f, 0.63f, 0.51f},
        {0.72f, 0.50f, 0.38f},
        {0.56f, 0.37f, 0.26f},
        {0.40f, 0.25f, 0.17f}
    };

    private static final float[][] CLOTHS = {
        {0.16f, 0.20f, 0.30f},
        {0.42f, 0.13f, 0.14f},
        {0.12f, 0.27f, 0.22f},
        {0.55f, 0.55f, 0.57f},
        {0.10f, 0.10f, 0.11f}
    };

    private static final int TEXTURE = 256;
    private static final Vector3f WINDOW = new Vector3f(-0.55f, -0.6f, -0.58f).normalize();
    /** Half the field of view upwards, as its tangent: a webcam's 45 degrees. */
    private static final float HALF_VIEW = 0.41f;

    private final HandRig rig;
    private final HandMotion motion;
    private final float[] skin;
    private final float[] cloth;
    private final Noise mottle;
    /** Skin's colour by texture place, {@link #TEXTURE} squared, R G B. */
    private final float[] texture = new float[3 * TEXTURE * TEXTURE];

    private final float[] positions;
    private final float[] normals;
    private final float[] light;
    private final float[] sleeve = new float[3 * RINGS * AROUND];
    private final float[] sleeveLight = new float[RINGS * AROUND];
    private final float[] corner = new float[9];

    Arm(long seed, boolean onTheLeft) {
        // who faces us has the right hand on our left
        this.rig = new HandRig(onTheLeft);
        this.motion = new HandMotion(seed, onTheLeft);
        this.skin = TONES[(int) Math.floorMod(seed, (long) TONES.length)];
        this.cloth = CLOTHS[(int) Math.floorMod(seed * 7 + 3, (long) CLOTHS.length)];
        this.mottle = new Noise(seed + 5, 256, 8, 5);
        this.positions = new float[3 * rig.vertices];
        this.normals = new float[3 * rig.vertices];
        this.light = new float[3 * rig.vertices];
        mottle();
    }

    /** Spots and flushed places: what keeps skin from looking like plastic. */
    private void mottle() {
        for (int y = 0; y < TEXTURE; y++) {
            for (int x = 0; x < TEXTURE; x++) {
                float u = (float) x / TEXTURE;
                float v = (float) y / TEXTURE;
                float spots = 1 + mottle.at(u, v) * 0.05f + mottle.at(4 * u, 4 * v) * 0.03f;
                float flush = Math.max(0, mottle.at(v, u)) * 0.05f;
                int at = 3 * (y * TEXTURE + x);
                texture[at] = skin[0] * spots * (1 + flush);
                texture[at + 1] = skin[1] * spots * (1 - 0.8f * flush);
                texture[at + 2] = skin[2] * spots * (1 - flush);
            }
        }
    }

    void draw(double seconds, Raster raster) {
        float[] fingers = motion.fingers(seconds);
        Matrix4f place = motion.place(seconds);
        rig.pose(fingers, fingers[5], place, positions, normals);
        for (int i = 0; i < rig.vertices; i++) {
            illuminate(i);
            project(positions, i, raster);
        }
        for (int t = 0; t < rig.triangles.length / 3; t++) {
            gather(positions, rig.triangles[3 * t], rig.triangles[3 * t + 1], rig.triangles[3 * t + 2]);
            raster.draw(t, corner, 0xFF000000, this::skin);
        }
        drawSleeve(place, raster);
    }

    /** Camera space to the screen, keeping depth. */
    private static void project(float[] points, int i, Raster raster) {
        float scale = raster.height / (2 * HALF_VIEW * points[3 * i + 2]);
        points[3 * i] = raster.width / 2f + points[3 * i] * scale;
        points[3 * i + 1] = raster.height / 2f + points[3 * i + 1] * scale;
    }

    private void gather(float[] points, int a, int b, int c) {
        System.arraycopy(points, 3 * a, corner, 0, 3);
        System.arraycopy(points, 3 * b, corner, 3, 3);
        System.arraycopy(points, 3 * c, corner, 6, 3);
    }

    /** Light and redness of a vertex: wrapped diffuse, since skin lets light through, and a soft highlight. */
    private void illuminate(int i) {
        float nx = normals[3 * i];
        float ny = normals[3 * i + 1];
        float nz = normals[3 * i + 2];
        float toWindow = nx * WINDOW.x + ny * WINDOW.y + nz * WINDOW.z;
        float wrapped = Math.max(0, (toWindow + 0.35f) / 1.35f);
        float facing = Math.max(0, -nz);
        float half = Math.max(0, 0.6f * toWindow + 0.45f * facing);
        float shine = half * half * half * half * half * half * 0.10f;
        float ambient = 0.34f - 0.12f * ny - 0.05f * nx;
        float rim = (1 - facing) * (1 - facing) * (1 - facing) * 0.18f;
        light[3 * i] = ambient + 0.72f * wrapped - rim;
        light[3 * i + 1] = shine;
        light[3 * i + 2] = 0.06f * (1 - wrapped);
    }

    private int skin(int t, float a, float b, float c) {
        int i = rig.triangles[3 * t];
        int j = rig.triangles[3 * t + 1];
        int k = rig.triangles[3 * t + 2];
        float u = a * rig.u[i] + b * rig.u[j] + c * rig.u[k];
        float v = a * rig.v[i] + b * rig.v[j] + c * rig.v[k];
        float lit = a * light[3 * i] + b * light[3 * j] + c * light[3 * k];
        float shine = a * light[3 * i + 1] + b * light[3 * j + 1] + c * light[3 * k + 1];
        float red = a * light[3 * i + 2] + b * light[3 * j + 2] + c * light[3 * k + 2];
        int at = 3 * (((int) (v * TEXTURE) & TEXTURE - 1) * TEXTURE + ((int) (u * TEXTURE) & TEXTURE - 1));
        return pack(
                texture[at] * lit * (1 + red) + shine,
                texture[at + 1] * lit * (1 - 0.8f * red) + shine,
                texture[at + 2] * lit * (1 - red) + shine);
    }

    private static int pack(float r, float g, float b) {
        return channel(r) << 16 | channel(g) << 8 | channel(b);
    }

    private static int channel(float value) {
        return Math.clamp((int) (value * 255 + 0.5f), 0, 255);
    }

    /** A tube of cloth that begins over the wrist and leaves the picture below. */
    private void drawSleeve(Matrix4f place, Raster raster) {
        Vector3f wrist = place.transformPosition(new Vector3f(0, 0.012f, 0));
        Vector3f along = place.transformDirection(new Vector3f(0, 1, 0));
        Vector3f side = new Vector3f();
        Vector3f front = new Vector3f();
        Vector3f centre = new Vector3f();
        for (int ring = 0; ring < RINGS; ring++) {
            float t = (float) ring / (RINGS - 1);
            // the elbow hangs: the arm bends towards straight down
            Vector3f way =
                    new Vector3f(along).lerp(new Vector3f(0, 1, 0.1f), 0.6f * t).normalize();
            centre.set(wrist).fma(0.34f * t, way);
            way.cross(new Vector3f(0, 0, 1), side).normalize();
            side.cross(way, front);
            float radius = 0.036f + 0.016f * t + (ring == 0 ? -0.002f : 0);
            for (int n = 0; n < AROUND; n++) {
                sleevePoint(ring * AROUND + n, 2 * Math.PI * n / AROUND, radius, t, centre, side, front, raster);
            }
        }
        for (int ring = 0; ring + 1 < RINGS; ring++) {
            for (int n = 0; n < AROUND; n++) {
                int i = ring * AROUND + n;
                int j = ring * AROUND + (n + 1) % AROUND;
                gather(sleeve, i, j, i + AROUND);
                raster.draw(2 * i, corner, 0, this::cloth);
                gather(sleeve, j, j + AROUND, i + AROUND);
                raster.draw(2 * i + 1, corner, 0, this::cloth);
            }
        }
    }

    private void sleevePoint(
            int at,
            double angle,
            float radius,
            float t,
            Vector3f centre,
            Vector3f side,
            Vector3f front,
            Raster raster) {
        float cos = (float) Math.cos(angle);
        float sin = (float) Math.sin(angle);
        float wide = radius * (1 + 0.025f * (float) Math.sin(26 * t + 3 * angle));
        float nx = cos * side.x + sin * front.x;
        float ny = cos * side.y + sin * front.y;
        float nz = cos * side.z + sin * front.z;
        sleeve[3 * at] = centre.x + wide * nx;
        sleeve[3 * at + 1] = centre.y + wide * ny;
        sleeve[3 * at + 2] = centre.z + 0.75f * wide * nz;
        float lit = Math.max(0, nx * WINDOW.x + ny * WINDOW.y + nz * WINDOW.z);
        float fold = 0.08f * (float) Math.sin(26 * t + 3 * angle + 0.8);
        sleeveLight[at] = 0.4f + 0.75f * lit + fold;
        project(sleeve, at, raster);
    }

    private int cloth(int t, float a, float b, float c) {
        int i = t / 2;
        int next = i % AROUND == AROUND - 1 ? i - AROUND + 1 : i + 1;
        boolean upper = t % 2 == 0;
        float lit = upper
                ? a * sleeveLight[i] + b * sleeveLight[next] + c * sleeveLight[i + AROUND]
                : a * sleeveLight[next] + b * sleeveLight[next + AROUND] + c * sleeveLight[i + AROUND];
        float across = (i % AROUND + (upper ? b : a + b)) / AROUND;
        int ring = i / AROUND;
        float weave = mottle.at(6 * across, (ring + c) * 0.6f) * 0.06f;
        return pack(cloth[0] * (lit + weave), cloth[1] * (lit + weave), cloth[2] * (lit + weave));
    }
}
