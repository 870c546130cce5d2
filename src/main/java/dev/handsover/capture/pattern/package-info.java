/** Synthetic sources with an exact truth. */
@NullMarked
package dev.handsover.capture.pattern;

import org.jspecify.annotations.NullMarked;
