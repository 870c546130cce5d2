// A frame to the network's tensor as an OpenCV program does it, for NetworkInputBenchmark: built by tools/bench/roofline where
// Debian's libopencv-dev is there. One thread, as every kernel beside it.
#include <opencv2/imgproc.hpp>

// Planes of I420 in, three planes of width x height floats out, -1..1. Buffers stay between calls.
extern "C" void opencv_input(const unsigned char *y, int y_stride, const unsigned char *u, int u_stride, const unsigned char *v, int v_stride, int w, int h,
                             int width, int height, float *tensor) {
    static cv::Mat planes, rgb, scaled;
    cv::setNumThreads(1);
    planes.create(h * 3 / 2, w, CV_8UC1);
    // cvtColor wants the planes one after the other without gaps
    for (int k = 0; k < h; k++) std::copy_n(y + (size_t)k * y_stride, w, planes.ptr(k));
    unsigned char *chroma = planes.ptr(h);
    for (int k = 0; k < h / 2; k++) std::copy_n(u + (size_t)k * u_stride, w / 2, chroma + (size_t)k * (w / 2));
    chroma += (size_t)(w / 2) * (h / 2);
    for (int k = 0; k < h / 2; k++) std::copy_n(v + (size_t)k * v_stride, w / 2, chroma + (size_t)k * (w / 2));
    cv::cvtColor(planes, rgb, cv::COLOR_YUV2RGB_I420);
    cv::resize(rgb, scaled, cv::Size(width, height), 0, 0, cv::INTER_AREA);
    cv::Mat floats[3];
    for (int c = 0; c < 3; c++) {
        floats[c] = cv::Mat(height, width, CV_32FC1, tensor + (size_t)c * width * height);
        cv::Mat channel;
        cv::extractChannel(scaled, channel, c);
        channel.convertTo(floats[c], CV_32F, 1 / 127.5, -1);
    }
}
