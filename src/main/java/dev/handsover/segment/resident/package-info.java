/** The network beside the pictures: ONNX Runtime and CUDA by their C interfaces, on memory that the engine owns. */
@NullMarked
package dev.handsover.segment.resident;

import org.jspecify.annotations.NullMarked;
