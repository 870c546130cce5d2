/** Measuring: used by all, uses none. */
@NullMarked
package dev.handsover.profile;

import org.jspecify.annotations.NullMarked;
