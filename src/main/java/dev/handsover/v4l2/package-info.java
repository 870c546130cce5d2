/** The kernel's video devices (Video4Linux): what there is, pictures out of a camera and into a virtual one. */
@NullMarked
package dev.handsover.v4l2;

import org.jspecify.annotations.NullMarked;
