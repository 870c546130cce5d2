/** Where frames come from. */
@NullMarked
package dev.handsover.capture;

import org.jspecify.annotations.NullMarked;
