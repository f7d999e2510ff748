/** Where models live on this machine, and finding one there. */
@NullMarked
package io.github.whisperspeedtest.model;

import org.jspecify.annotations.NullMarked;
