/** Running calls into native engines, and announcements of long setup work. */
@NullMarked
package io.github.whisperspeedtest.lifecycle;

import org.jspecify.annotations.NullMarked;
