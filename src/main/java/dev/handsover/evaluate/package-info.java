/** Judging networks on pictures with known masks, through the same stages that process runs. */
@NullMarked
package dev.handsover.evaluate;

import org.jspecify.annotations.NullMarked;
