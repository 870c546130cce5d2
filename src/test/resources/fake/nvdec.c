/*
 * A stand-in for the part of NVIDIA's driver that FFmpeg decodes with: libcuda.so.1 and libnvcuvid.so.1 in one. The card is host
 * memory; its decoder looks into no bitstream but takes the pictures, in the order in which they are to be decoded, from a file.
 * So everything that FFmpeg and this program do with a card that decodes is real, and a recording must come out as it is.
 *   PICTURES        raw NV12, or P010 where the stream has more than 8 bits, of the coded size
 *   REFUSES         the card knows no codec
 *   NO_PRIMARY      the card's own context is in use otherwise
 *   CARDS           how many there are, 1 unless told otherwise
 *   LOST_AFTER      after so many pictures it decodes no more
 * What was made and not given back is told on standard error at the end: "nvdec: 2 left".
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef CARDS
#define CARDS 1
#endif
#ifndef LOST_AFTER
#define LOST_AFTER 1000000
#endif

typedef uint64_t object;
static int alive;
static long decoded;

__attribute__((destructor)) static void tell(void) {
    fprintf(stderr, "nvdec: %d left, %ld decoded\n", alive, decoded);
}

static int made(object *out, size_t bytes) {
    *out = (object)(uintptr_t)calloc(1, bytes);
    alive++;
    return 0;
}

static int given(object which) {
    free((void *)(uintptr_t)which);
    alive--;
    return 0;
}

/* ---- the driver */

int cuInit(unsigned flags) { return flags == 0 ? 0 : 1; }
int cuDeviceGetCount(int *out) { *out = CARDS; return 0; }
int cuDeviceGet(int *out, int index) { *out = index; return index < CARDS ? 0 : 101; }
int cuDeviceGetAttribute(int *out, int which, int device) { (void)which, (void)device; *out = 512; return 0; }
int cuDeviceGetName(char *out, int room, int device) { (void)device; strncpy(out, "Pretended Card", (size_t)room); return 0; }
int cuDeviceComputeCapability(int *major, int *minor, int device) { (void)device; *major = 9; *minor = 0; return 0; }
int cuGetErrorName(int error, const char **out) { *out = error == 700 ? "CUDA_ERROR_ILLEGAL_ADDRESS" : "CUDA_ERROR"; return 0; }
int cuGetErrorString(int error, const char **out) { (void)error; *out = "pretended"; return 0; }

static int contexts;
int cuCtxCreate_v2(object *out, unsigned flags, int device) { (void)flags, (void)device; return made(out, 16); }
int cuCtxDestroy_v2(object which) { return given(which); }
int cuCtxPushCurrent_v2(object which) { (void)which; contexts++; return 0; }
int cuCtxPopCurrent_v2(object *out) { if (out) { *out = 77; } contexts--; return 0; }
int cuCtxSetLimit(int which, size_t value) { (void)which, (void)value; return 0; }
int cuCtxGetDevice(int *out) { *out = 0; return 0; }
int cuDevicePrimaryCtxGetState(int device, unsigned *flags, int *active) {
    (void)device;
#ifdef NO_PRIMARY
    *flags = 1;
    *active = 1;
#else
    *flags = 4;
    *active = 0;
#endif
    return 0;
}
int cuDevicePrimaryCtxSetFlags(int device, unsigned flags) { (void)device, (void)flags; return 0; }
int cuDevicePrimaryCtxRetain(object *out, int device) { *out = 77 + (object)device; alive++; return 0; }
int cuDevicePrimaryCtxRelease(int device) { (void)device; alive--; return 0; }
int cuDevicePrimaryCtxReset(int device) { (void)device; return 0; }

int cuMemAlloc_v2(object *out, size_t bytes) { return made(out, bytes); }
int cuMemAllocPitch_v2(object *out, size_t *pitch, size_t width, size_t height, unsigned element) {
    (void)element;
    *pitch = (width + 511) / 512 * 512;
    return made(out, *pitch * height);
}
int cuMemFree_v2(object which) { return given(which); }

typedef struct {
    size_t from_x, from_y;
    int from_kind;
    const void *from_host;
    object from_device;
    void *from_array;
    size_t from_pitch;
    size_t to_x, to_y;
    int to_kind;
    void *to_host;
    object to_device;
    void *to_array;
    size_t to_pitch;
    size_t width, height;
} copy_2d;

int cuMemcpy2D_v2(const copy_2d *copy) {
    const char *from = copy->from_kind == 1 ? copy->from_host : (const char *)(uintptr_t)copy->from_device;
    char *to = copy->to_kind == 1 ? copy->to_host : (char *)(uintptr_t)copy->to_device;
    for (size_t y = 0; y < copy->height; y++) {
        memcpy(to + (y + copy->to_y) * copy->to_pitch + copy->to_x,
               from + (y + copy->from_y) * copy->from_pitch + copy->from_x, copy->width);
    }
    return 0;
}
int cuMemcpy2DAsync_v2(const copy_2d *copy, object stream) { (void)stream; return cuMemcpy2D_v2(copy); }
int cuStreamSynchronize(object stream) { (void)stream; return 0; }

/* what FFmpeg looks for and does not call here */
#define UNUSED(name) int name(void) { return 801; }
UNUSED(cuMemAllocManaged) UNUSED(cuMemsetD8Async) UNUSED(cuMemcpy) UNUSED(cuMemcpyAsync) UNUSED(cuMemcpyHtoD_v2)
UNUSED(cuMemcpyHtoDAsync_v2) UNUSED(cuMemcpyDtoH_v2) UNUSED(cuMemcpyDtoHAsync_v2) UNUSED(cuMemcpyDtoD_v2)
UNUSED(cuMemcpyDtoDAsync_v2) UNUSED(cuStreamCreate) UNUSED(cuStreamQuery) UNUSED(cuStreamDestroy_v2) UNUSED(cuStreamAddCallback)
UNUSED(cuStreamWaitEvent) UNUSED(cuEventCreate) UNUSED(cuEventDestroy_v2) UNUSED(cuEventSynchronize) UNUSED(cuEventQuery)
UNUSED(cuEventRecord) UNUSED(cuLaunchKernel) UNUSED(cuLinkCreate) UNUSED(cuLinkAddData) UNUSED(cuLinkComplete)
UNUSED(cuLinkDestroy) UNUSED(cuModuleLoadData) UNUSED(cuModuleUnload) UNUSED(cuModuleGetFunction) UNUSED(cuModuleGetGlobal)
UNUSED(cuTexObjectCreate) UNUSED(cuTexObjectDestroy) UNUSED(cuGLGetDevices_v2) UNUSED(cuGraphicsGLRegisterImage)
UNUSED(cuGraphicsUnregisterResource) UNUSED(cuGraphicsMapResources) UNUSED(cuGraphicsUnmapResources)
UNUSED(cuGraphicsSubResourceGetMappedArray) UNUSED(cuGraphicsResourceGetMappedPointer_v2) UNUSED(cuArrayCreate_v2)
UNUSED(cuArray3DCreate_v2) UNUSED(cuArrayDestroy) UNUSED(cuDriverGetVersion) UNUSED(cuCtxGetCurrent)
UNUSED(cuvidGetDecodeStatus) UNUSED(cuvidReconfigureDecoder) UNUSED(cuvidCtxLockDestroy) UNUSED(cuvidCtxLock)
UNUSED(cuvidCtxLockCreate) UNUSED(cuvidCtxUnlock) UNUSED(cuvidCreateVideoSource) UNUSED(cuvidCreateVideoSourceW)
UNUSED(cuvidDestroyVideoSource) UNUSED(cuvidSetVideoSourceState) UNUSED(cuvidGetVideoSourceState) UNUSED(cuvidGetSourceVideoFormat)
UNUSED(cuvidGetSourceAudioFormat) UNUSED(cuvidCreateVideoParser) UNUSED(cuvidParseVideoData) UNUSED(cuvidDestroyVideoParser)

/* ---- the decoder */

typedef struct {
    int codec, chroma;
    unsigned bits_above_8, reserved[3];
    unsigned char supported, engines;
    unsigned short formats;
    unsigned most_width, most_height, most_blocks;
    unsigned short least_width, least_height;
    unsigned char more[48];
} capabilities;

int cuvidGetDecoderCaps(capabilities *of) {
#ifdef REFUSES
    of->supported = 0;
#else
    of->supported = 1;
#endif
    of->engines = 1;
    of->formats = 3;
    of->most_width = of->most_height = 8192;
    of->most_blocks = 1u << 18;
    of->least_width = of->least_height = 16;
    return 0;
}

typedef struct {
    unsigned long width, height, surfaces;
    int codec, chroma;
    unsigned long flags, bits_above_8, intra, most_width, most_height, reserved;
    short area[4];
    int format, deinterlace;
    unsigned long to_width, to_height;
} creation;

typedef struct {
    size_t width, height, bytes, pitch, surfaces;
    FILE *pictures;
    char *memory;
} decoder;

static size_t surface_bytes(const decoder *of) { return of->pitch * of->height * 3 / 2; }

int cuvidCreateDecoder(object *out, const creation *wish) {
    decoder *of = calloc(1, sizeof *of);
    of->width = wish->to_width;
    of->height = wish->to_height;
    of->bytes = wish->format == 1 ? 2 : 1;
    of->pitch = (of->width * of->bytes + 255) / 256 * 256 + 256;
    of->surfaces = wish->surfaces;
    of->memory = calloc(of->surfaces, surface_bytes(of));
#ifdef PICTURES
    of->pictures = fopen(PICTURES, "rb");
#endif
    if (of->pictures == NULL) {
        return 1;
    }
    *out = (object)(uintptr_t)of;
    alive++;
    return 0;
}

int cuvidDestroyDecoder(object which) {
    decoder *of = (decoder *)(uintptr_t)which;
    fclose(of->pictures);
    free(of->memory);
    return given(which);
}

int cuvidDecodePicture(object which, const int *picture) {
    decoder *of = (decoder *)(uintptr_t)which;
    if (decoded >= LOST_AFTER || picture[2] < 0 || (size_t)picture[2] >= of->surfaces) {
        return 700;
    }
    char *to = of->memory + (size_t)picture[2] * surface_bytes(of);
    for (size_t y = 0; y < of->height * 3 / 2; y++) {
        if (fread(to + y * of->pitch, of->bytes, of->width, of->pictures) != of->width) {
            return 1;
        }
    }
    decoded++;
    return 0;
}

int cuvidMapVideoFrame64(object which, int surface, object *out, unsigned *pitch, void *how) {
    (void)how;
    decoder *of = (decoder *)(uintptr_t)which;
    *out = (object)(uintptr_t)(of->memory + (size_t)surface * surface_bytes(of));
    *pitch = (unsigned)of->pitch;
    alive++;
    return 0;
}

int cuvidUnmapVideoFrame64(object which, object frame) { (void)which, (void)frame; alive--; return 0; }
