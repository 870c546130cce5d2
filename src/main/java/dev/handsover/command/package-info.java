/** The command line: flags and YAML in, settings, text and exit codes out. */
@NullMarked
package dev.handsover.command;

import org.jspecify.annotations.NullMarked;
