@NullMarked
package io.github.whisperspeedtest.server;

import org.jspecify.annotations.NullMarked;
