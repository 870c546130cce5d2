package dev.handsover.composite;

import static org.lwjgl.egl.EGL10.EGL_NO_DISPLAY;
import static org.lwjgl.egl.EGL10.EGL_TRUE;
import static org.lwjgl.egl.EGL10.eglInitialize;
import static org.lwjgl.egl.EXTDeviceEnumeration.eglQueryDevicesEXT;
import static org.lwjgl.egl.EXTDeviceQuery.EGL_DEVICE_EXT;
import static org.lwjgl.egl.EXTDeviceQuery.neglQueryDeviceAttribEXT;
import static org.lwjgl.egl.EXTDeviceQuery.neglQueryDisplayAttribEXT;
import static org.lwjgl.egl.EXTPlatformBase.eglGetPlatformDisplayEXT;
import static org.lwjgl.egl.EXTPlatformDevice.EGL_PLATFORM_DEVICE_EXT;
import static org.lwjgl.egl.NVDeviceCUDA.EGL_CUDA_DEVICE_NV;

import java.nio.IntBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.lwjgl.PointerBuffer;
import org.lwjgl.egl.EGL;
import org.lwjgl.system.Configuration;
import org.lwjgl.system.MemoryStack;

/**
 * A device that EGL lists. Its display stays open for the life of the process, since all contexts of a device share one.
 *
 * @param display EGL's handle, initialised
 * @param cuda the card's number as CUDA counts, or {@link #NONE}
 */
record GlDevice(long display, int cuda) {
    /** No card of CUDA's; as a wish: whichever. */
    static final int NONE = -1;

    private static @Nullable List<GlDevice> known;

    /** In the order in which they are to be tried for a card: that card's device first, else as EGL lists them. */
    static List<GlDevice> inOrder(List<GlDevice> devices, int card) {
        return devices.stream()
                .sorted(Comparator.comparing(device -> !device.is(card)))
                .toList();
    }

    /** Whether it is that card, and not just any device. */
    boolean is(int card) {
        return card != NONE && cuda == card;
    }

    /** All devices with a display that works; looked for once. */
    static synchronized List<GlDevice> all() {
        List<GlDevice> found = known;
        if (found == null) {
            Configuration.OPENGL_CONTEXT_API.set("EGL");
            found = EGL.getCapabilities().eglQueryDevicesEXT == 0 ? List.of() : listed();
            known = found;
        }
        return found;
    }

    private static List<GlDevice> listed() {
        List<GlDevice> found = new ArrayList<>();
        try (MemoryStack stack = MemoryStack.stackPush()) {
            IntBuffer count = stack.mallocInt(1);
            if (!eglQueryDevicesEXT(null, count)) {
                return found;
            }
            PointerBuffer devices = stack.mallocPointer(Math.max(1, count.get(0)));
            eglQueryDevicesEXT(devices, count);
            for (int i = 0; i < count.get(0); i++) {
                long display = eglGetPlatformDisplayEXT(EGL_PLATFORM_DEVICE_EXT, devices.get(i), (IntBuffer) null);
                IntBuffer major = stack.mallocInt(1);
                IntBuffer minor = stack.mallocInt(1);
                if (display != EGL_NO_DISPLAY && eglInitialize(display, major, minor)) {
                    EGL.createDisplayCapabilities(display, major.get(0), minor.get(0));
                    found.add(new GlDevice(display, cudaOf(devices.get(i))));
                }
            }
        }
        return found;
    }

    /** The number of the card that an EGL display draws on as CUDA counts, or {@link #NONE}. */
    static int cudaOfDisplay(long display) {
        if (EGL.getCapabilities().eglQueryDisplayAttribEXT == 0) {
            return NONE;
        }
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer device = stack.callocPointer(1);
            boolean told = neglQueryDisplayAttribEXT(display, EGL_DEVICE_EXT, device.address()) == EGL_TRUE;
            return told && device.get(0) != 0 ? cudaOf(device.get(0)) : NONE;
        }
    }

    private static int cudaOf(long device) {
        if (EGL.getCapabilities().eglQueryDeviceAttribEXT == 0) {
            return NONE;
        }
        try (MemoryStack stack = MemoryStack.stackPush()) {
            PointerBuffer number = stack.callocPointer(1);
            boolean told = neglQueryDeviceAttribEXT(device, EGL_CUDA_DEVICE_NV, number.address()) == EGL_TRUE;
            return told ? Math.toIntExact(number.get(0)) : NONE;
        }
    }
}
