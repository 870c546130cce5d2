/** Models as data, and the network that turns a frame into a mask. */
@NullMarked
package dev.handsover.segment;

import org.jspecify.annotations.NullMarked;
