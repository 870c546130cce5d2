/** From a coarse mask to an edge-aware matte: plain arithmetic, no input or output. */
@NullMarked
package dev.handsover.matte;

import org.jspecify.annotations.NullMarked;
