#!/usr/bin/env python3
"""The loop that most webcam demos are: read, resize, network, resize, blend with NumPy, write.

usage: python_loop.py IN.mp4 BACKGROUND.png OUT.mp4 NETWORK.onnx WIDTH HEIGHT
       python_loop.py --check TENSOR NETWORK.onnx WIDTH HEIGHT MASK   the mask of one input tensor, as 32-bit floats
Written without tricks, as a baseline: one frame after the other, BGR throughout, float blend at full size.
Needs python3-opencv. NETWORK is made by for_opencv.py.
"""
import sys
import time

import cv2
import numpy as np


def check(tensor, network, width, height, mask):
    net = cv2.dnn.readNetFromONNX(network)
    net.setInput(np.fromfile(tensor, np.float32).reshape(1, 3, int(height), int(width)))
    net.forward()[0, 0].astype(np.float32).tofile(mask)


def main(source, background, target, network, width, height):
    net = cv2.dnn.readNetFromONNX(network)
    video = cv2.VideoCapture(source)
    size = int(video.get(cv2.CAP_PROP_FRAME_WIDTH)), int(video.get(cv2.CAP_PROP_FRAME_HEIGHT))
    back = cv2.resize(cv2.imread(background), size).astype(np.float32)
    writer = cv2.VideoWriter(target, cv2.VideoWriter_fourcc(*"avc1"), video.get(cv2.CAP_PROP_FPS), size)
    if not writer.isOpened():
        sys.exit("this OpenCV cannot write H.264")
    frames, start = 0, time.perf_counter()
    while True:
        ok, frame = video.read()
        if not ok:
            break
        net.setInput(cv2.dnn.blobFromImage(frame, 1 / 127.5, (width, height), (127.5, 127.5, 127.5), swapRB=True))
        mask = cv2.resize(net.forward()[0, 0], size)[..., None]
        writer.write((frame * mask + back * (1 - mask)).astype(np.uint8))
        frames += 1
    writer.release()
    seconds = time.perf_counter() - start
    print(f"{frames} frames, {frames / seconds:.2f} fps")


if __name__ == "__main__":
    if len(sys.argv) != 7:
        sys.exit(__doc__)
    if sys.argv[1] == "--check":
        check(*sys.argv[2:])
        sys.exit()
    main(*sys.argv[1:5], int(sys.argv[5]), int(sys.argv[6]))
