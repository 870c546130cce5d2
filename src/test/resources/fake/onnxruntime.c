/*
 * A stand-in for builds of ONNX Runtime that cannot be had in a test: it passes everything on to the real library of the
 * official jar (REAL), but for what the flags ask for. Its "CUDA" and "TensorRT" run on the processor.
 *   VERSION_SAID    the version that it claims
 *   OLD_TABLE       it offers no table
 *   HOLE            a place of the table that is empty
 *   CUDA_ERROR      what it says when CUDA is asked for
 *   LIES            masks of CUDA are wrong by that much
 *   LOST_AFTER      CUDA fails from that run on
 *   TENSORRT_LIES   masks of TensorRT are wrong by that much
 */
#include <dlfcn.h>
#include <stdint.h>
#include <string.h>

#define TABLE 266

struct base {
    void **(*table)(uint32_t);
    const char *(*version)(void);
};

static void *table[TABLE];
static struct base real;
static int appended;
static int runs;
static float *last;
static size_t last_floats;

/* where a binding writes, and for whom */
static struct {
    const void *binding;
    float *floats;
    size_t count;
    int kind;
} outputs[64];
static int bound;

static void *fail(const char *words) {
    return ((void *(*)(int, const char *))table[0])(1, words);
}

static void *ok_1(void **out) {
    *out = &appended;
    return 0;
}

static void *ok_options(void *o, const void *k, const void *v, size_t n) {
    (void)o, (void)k, (void)v, (void)n;
    return 0;
}

static void *ok_pointer(void *o, const char *k, void *v) {
    (void)o, (void)k, (void)v;
    return 0;
}

static void nothing(void *o) {
    (void)o;
}

static void *append_cuda(void *options, void *made) {
    (void)options, (void)made;
#ifdef CUDA_ERROR
    return fail(CUDA_ERROR);
#else
    if (appended == 0) {
        appended = 1;
    }
    return 0;
#endif
}

static void *append_tensorrt(void *options, void *made) {
    (void)options, (void)made;
    appended = 2;
    return 0;
}

static void *(*real_entry)(void *, const char *, const char *);
static void *entry(void *options, const char *key, const char *value) {
    return strcmp(key, "session.disable_cpu_ep_fallback") == 0 ? 0 : real_entry(options, key, value);
}

static void *(*real_memory)(const char *, int, int, int, void **);
static void *memory(const char *name, int type, int id, int kind, void **out) {
    (void)name, (void)id;
    return real_memory("Cpu", type, 0, kind, out);
}

static void *(*real_tensor)(void *, void *, size_t, const int64_t *, size_t, int, void **);
static void *tensor(void *info, void *data, size_t bytes, const int64_t *shape, size_t rank, int type, void **out) {
    last = data;
    last_floats = bytes / 4;
    return real_tensor(info, data, bytes, shape, rank, type, out);
}

static void *(*real_bind)(void *, const char *, const void *);
static void *bind(void *binding, const char *name, const void *value) {
    int at = bound++ % 64;
    outputs[at].binding = binding;
    outputs[at].floats = last;
    outputs[at].count = last_floats;
    outputs[at].kind = appended;
    return real_bind(binding, name, value);
}

static float error_of(int kind) {
    float wrong = 0;
#ifdef LIES
    wrong = kind == 1 ? LIES : wrong;
#endif
#ifdef TENSORRT_LIES
    wrong = kind == 2 ? TENSORRT_LIES : wrong;
#endif
    return wrong + 0 * (float)kind;
}

static void *(*real_run)(void *, const void *, const void *);
static void *run(void *session, const void *options, const void *binding) {
    runs++;
#ifdef LOST_AFTER
    if (runs > LOST_AFTER) {
        return fail("CUDA failure 700: an illegal memory access was encountered");
    }
#endif
    void *status = real_run(session, options, binding);
    int at = 0;
    for (int i = 0; i < 64; i++) {
        at = outputs[i].binding == binding ? i : at;
    }
    float wrong = error_of(outputs[at].kind);
    for (size_t i = 0; wrong != 0 && outputs[at].binding == binding && i < outputs[at].count; i++) {
        outputs[at].floats[i] += wrong;
    }
    return status;
}

static void *(*real_providers)(char ***, int *);
static const char *names[] = {"TensorrtExecutionProvider", "CUDAExecutionProvider", "CPUExecutionProvider"};
static void *providers(char ***out, int *count) {
    *out = (char **)names;
    *count = 3;
    return 0;
}

static void *release_providers(char **list, int count) {
    (void)list, (void)count;
    return 0;
}

static const char *version(void) {
#ifdef VERSION_SAID
    return VERSION_SAID;
#else
    return real.version();
#endif
}

static void **get(uint32_t wanted) {
#ifdef OLD_TABLE
    return 0;
#endif
    memcpy(table, real.table(wanted), sizeof table);
    real_memory = table[68];
    real_tensor = table[49];
    real_entry = table[130];
    real_run = table[133];
    real_bind = table[137];
    real_providers = table[125];
    table[68] = memory;
    table[49] = tensor;
    table[130] = entry;
    table[133] = run;
    table[137] = bind;
    table[125] = providers;
    table[126] = release_providers;
    table[170] = append_tensorrt;
    table[171] = ok_1;
    table[172] = ok_options;
    table[174] = nothing;
    table[204] = append_cuda;
    table[205] = ok_1;
    table[206] = ok_options;
    table[208] = nothing;
    table[261] = ok_pointer;
    table[263] = ok_pointer;
#ifdef HOLE
    table[HOLE] = 0;
#endif
    return table;
}

const struct base *OrtGetApiBase(void) {
    static struct base mine = {get, version};
    void *library = dlopen(REAL, RTLD_NOW);
    if (library != 0) {
        real = *((const struct base *(*)(void))dlsym(library, "OrtGetApiBase"))();
    }
    return &mine;
}
