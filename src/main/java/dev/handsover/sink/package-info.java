/** Where composited frames go. */
@NullMarked
package dev.handsover.sink;

import org.jspecify.annotations.NullMarked;
