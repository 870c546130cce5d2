/** Everything between a frame and its composited picture. */
@NullMarked
package dev.handsover.engine;

import org.jspecify.annotations.NullMarked;
