/** The server as browsers, libraries and programs of others see it. */
@NullMarked
package io.github.whisperspeedtest.clients;

import org.jspecify.annotations.NullMarked;
