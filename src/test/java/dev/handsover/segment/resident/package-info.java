/** Tests of the network beside the pictures. */
@NullMarked
package dev.handsover.segment.resident;

import org.jspecify.annotations.NullMarked;
