/*
 * A stand-in for NVIDIA's driver whose card is host memory and whose streams are done at once: enough to run everything that
 * this program does with a card but the card itself. Buffers of OpenGL are pieces of memory by their name: fake_buffer.
 *   DRIVER          its version, 12040 unless told otherwise
 *   CARDS           how many there are, 1 unless told otherwise
 *   NO_GL           OpenGL draws elsewhere
 *   LACKS_GL        it does not export cuGLGetDevices_v2
 * fake_calls counts calls by name, fake_alive what was made and not given back.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#ifndef DRIVER
#define DRIVER 12040
#endif
#ifndef CARDS
#define CARDS 1
#endif

typedef uint64_t object;
#define BUFFERS 64
#define BUFFER_BYTES (8u << 20)
static void *buffers[BUFFERS];
static int alive, mapped, waits, host_copies, card_copies;
static int order;

static int made(object *out) {
    *out = (object)(uintptr_t)calloc(1, 16);
    alive++;
    return 0;
}

static int given(object which) {
    free((void *)(uintptr_t)which);
    alive--;
    return 0;
}

void *fake_buffer(int name) {
    if (buffers[name] == 0) {
        buffers[name] = calloc(1, BUFFER_BYTES);
    }
    return buffers[name];
}

int fake_alive(void) { return alive; }
int fake_mapped(void) { return mapped; }
int fake_waits(void) { return waits; }
int fake_host_copies(void) { return host_copies; }
int fake_card_copies(void) { return card_copies; }

int cuInit(unsigned flags) { return flags == 0 ? (CARDS > 0 ? 0 : 100) : 1; }
int cuDriverGetVersion(int *out) { *out = DRIVER; return 0; }
int cuGetErrorName(int error, const char **out) {
    *out = error == 100 ? "CUDA_ERROR_NO_DEVICE" : "CUDA_ERROR_INVALID_VALUE";
    return 0;
}
int cuGetErrorString(int error, const char **out) {
    *out = error == 100 ? "no CUDA-capable device is detected" : "invalid argument";
    return 0;
}
int cuDeviceGetCount(int *out) { *out = CARDS; return 0; }
int cuDeviceGet(int *out, int index) { *out = index; return index < CARDS ? 0 : 101; }
int cuDeviceGetName(char *out, int room, int device) {
    (void)device;
    strncpy(out, "Pretended Card", (size_t)room);
    return 0;
}
int cuDeviceGetAttribute(int *out, int which, int device) {
    (void)device;
    *out = which == 75 ? 9 : 0;
    return 0;
}
int cuDevicePrimaryCtxRetain(object *out, int device) { *out = 77 + (object)device; alive++; return 0; }
int cuDevicePrimaryCtxRelease_v2(int device) { (void)device; alive--; return 0; }
int cuCtxSetCurrent(object context) { return context >= 77 ? 0 : 201; }
int cuMemGetInfo_v2(size_t *free_bytes, size_t *all) { *free_bytes = 1u << 30; *all = 2u << 30; return 0; }
int cuMemAlloc_v2(object *out, size_t bytes) {
    *out = (object)(uintptr_t)aligned_alloc(256, (bytes + 255) / 256 * 256);
    alive++;
    return 0;
}
int cuMemFree_v2(object which) { return given(which); }
int cuMemHostRegister_v2(void *at, size_t bytes, unsigned flags) { (void)at, (void)bytes, (void)flags; alive++; return 0; }
int cuMemHostUnregister(void *at) { (void)at; alive--; return 0; }
static int copied(object to, object from, size_t bytes) {
    memcpy((void *)(uintptr_t)to, (void *)(uintptr_t)from, bytes);
    return 0;
}
int cuMemcpyDtoDAsync_v2(object to, object from, size_t bytes, object stream) {
    (void)stream;
    card_copies++;
    return copied(to, from, bytes);
}
int cuMemcpyHtoDAsync_v2(object to, object from, size_t bytes, object stream) {
    (void)stream;
    host_copies++;
    return copied(to, from, bytes);
}
int cuMemcpyDtoHAsync_v2(object to, object from, size_t bytes, object stream) {
    (void)stream;
    host_copies++;
    return copied(to, from, bytes);
}
int cuStreamCreate(object *out, unsigned flags) { (void)flags; return made(out); }
int cuStreamDestroy_v2(object which) { return given(which); }
int cuStreamSynchronize(object stream) { (void)stream; waits++; return 0; }
int cuEventCreate(object *out, unsigned flags) { (void)flags; return made(out); }
int cuEventDestroy_v2(object which) { return given(which); }
int cuEventRecord(object event, object stream) { (void)stream; *(int *)(uintptr_t)event = ++order; return 0; }
int cuEventQuery(object event) { return *(int *)(uintptr_t)event > 0 ? 0 : 600; }
int cuEventElapsedTime(float *out, object from, object to) {
    *out = (float)(*(int *)(uintptr_t)to - *(int *)(uintptr_t)from);
    return 0;
}
#ifndef LACKS_GL
int cuGLGetDevices_v2(unsigned *count, int *devices, unsigned room, int which) {
    (void)room, (void)which;
    devices[0] = 0;
#ifdef NO_GL
    *count = 0;
#else
    *count = 1;
#endif
    return 0;
}
#endif
int cuGraphicsGLRegisterBuffer(object *out, unsigned buffer, unsigned flags) {
    (void)flags;
    if (buffer == 0 || buffer >= BUFFERS) {
        return 1;
    }
    made(out);
    *(unsigned *)(uintptr_t)*out = buffer;
    return 0;
}
int cuGraphicsUnregisterResource(object which) { return given(which); }
int cuGraphicsMapResources(unsigned count, object *which, object stream) {
    (void)which, (void)stream;
    mapped += (int)count;
    return 0;
}
int cuGraphicsUnmapResources(unsigned count, object *which, object stream) {
    (void)which, (void)stream;
    mapped -= (int)count;
    return 0;
}
int cuGraphicsResourceGetMappedPointer_v2(object *out, size_t *bytes, object which) {
    if (mapped < 2) {
        return 1;
    }
    *out = (object)(uintptr_t)fake_buffer((int)*(unsigned *)(uintptr_t)which);
    *bytes = BUFFER_BYTES;
    return 0;
}
