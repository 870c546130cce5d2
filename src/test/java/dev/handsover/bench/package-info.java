/** Measurements: kernels under JMH, and the stages of a run alone and together. docs/performance.md says how to run them. */
@NullMarked
package dev.handsover.bench;

import org.jspecify.annotations.NullMarked;
