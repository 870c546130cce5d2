/** Looks, and the compositors that draw them. */
@NullMarked
package dev.handsover.composite;

import org.jspecify.annotations.NullMarked;
