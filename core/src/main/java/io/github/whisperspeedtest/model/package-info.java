/** Locates, installs, copies and generates models on this machine. */
@NullMarked
package io.github.whisperspeedtest.model;

import org.jspecify.annotations.NullMarked;
