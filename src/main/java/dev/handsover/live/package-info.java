/** What a live run decides by: how much it can afford, and what it may show. Plain arithmetic, no thread of its own. */
@NullMarked
package dev.handsover.live;

import org.jspecify.annotations.NullMarked;
