// The compositing loop as a C++ programmer writes it with OpenCV: read, resize, network, resize, blend in 8 bits, write.
//
// usage: loop IN.mp4 BACKGROUND.png OUT.mp4 NETWORK.onnx WIDTH HEIGHT THREADS
//        loop --check TENSOR NETWORK.onnx WIDTH HEIGHT MASK      the mask of one input tensor, as 32-bit floats
// NETWORK is made by tools/bench/for_opencv.py. OpenCV's writer takes x264 as it is set out of the box; with - for OUT raw BGR frames go to
// standard output instead, for an encoder that can be told to be quick.
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <opencv2/dnn.hpp>
#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>
#include <opencv2/videoio.hpp>
#include <vector>

// frame = background + alpha * (frame - background) / 255; rows are independent, so OpenCV's threads share them
static void blend(cv::Mat &frame, const cv::Mat &alpha, const cv::Mat &background) {
    cv::parallel_for_(cv::Range(0, frame.rows), [&](const cv::Range &rows) {
        for (int y = rows.start; y < rows.end; y++) {
            uchar *f = frame.ptr(y);
            const uchar *a = alpha.ptr(y), *g = background.ptr(y);
            for (int x = 0; x < frame.cols; x++)
                for (int c = 0; c < 3; c++) {
                    const int v = a[x] * f[3 * x + c] + (255 - a[x]) * g[3 * x + c] + 127;
                    f[3 * x + c] = (uchar)((v + 1 + (v >> 8)) >> 8);
                }
        }
    });
}

static int check(char **words) {
    const int width = atoi(words[2]), height = atoi(words[3]), sizes[] = {1, 3, height, width};
    std::vector<float> tensor(3 * width * height);
    FILE *in = fopen(words[0], "rb");
    if (!in || fread(tensor.data(), 4, tensor.size(), in) != tensor.size()) return 1;
    fclose(in);
    cv::dnn::Net net = cv::dnn::readNetFromONNX(words[1]);
    net.setInput(cv::Mat(4, sizes, CV_32F, tensor.data()));
    cv::Mat mask = net.forward();
    FILE *out = fopen(words[4], "wb");
    const bool whole = out && fwrite(mask.ptr<float>(0, 0), 4, width * height, out) == (size_t)width * height;
    return whole && fclose(out) == 0 ? 0 : 1;
}

int main(int count, char **words) {
    if (count == 7 && !strcmp(words[1], "--check")) return check(words + 2);
    if (count != 8) return fprintf(stderr, "usage: loop IN BACKGROUND OUT NETWORK WIDTH HEIGHT THREADS\n"), 2;
    const cv::Size input(atoi(words[5]), atoi(words[6]));
    cv::setNumThreads(atoi(words[7]));
    cv::dnn::Net net = cv::dnn::readNetFromONNX(words[4]);
    cv::VideoCapture video(words[1]);
    const cv::Size size((int)video.get(cv::CAP_PROP_FRAME_WIDTH), (int)video.get(cv::CAP_PROP_FRAME_HEIGHT));
    const bool raw = !strcmp(words[3], "-");
    cv::VideoWriter writer;
    if (!raw) writer.open(words[3], cv::VideoWriter::fourcc('a', 'v', 'c', '1'), video.get(cv::CAP_PROP_FPS), size);
    if (!raw && !writer.isOpened()) return fprintf(stderr, "this OpenCV cannot write H.264\n"), 1;
    cv::Mat background, frame, blob, small, alpha;
    cv::resize(cv::imread(words[2]), background, size);
    int frames = 0;
    while (video.read(frame)) {
        cv::dnn::blobFromImage(frame, blob, 1 / 127.5, input, cv::Scalar(127.5, 127.5, 127.5), true);
        net.setInput(blob);
        cv::Mat mask = net.forward();
        cv::Mat(input.height, input.width, CV_32F, mask.ptr<float>(0, 0)).convertTo(small, CV_8U, 255);
        cv::resize(small, alpha, size);
        blend(frame, alpha, background);
        if (!raw) writer.write(frame);
        else if (fwrite(frame.data, 3, frame.total(), stdout) != frame.total()) return 1;
        frames++;
    }
    fprintf(stderr, "%d frames\n", frames);
    return 0;
}
