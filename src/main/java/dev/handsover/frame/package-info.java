/** What every stage shares: pictures in memory, their format and time, and the ways they are handed on. */
@NullMarked
package dev.handsover.frame;

import org.jspecify.annotations.NullMarked;
