/** Handsover keeps a person's hands and replaces everything else. */
@NullMarked
package dev.handsover;

import org.jspecify.annotations.NullMarked;
