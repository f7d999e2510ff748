/** The contract tests of backends and engines. */
@NullMarked
package io.github.whisperspeedtest.testkit;

import org.jspecify.annotations.NullMarked;
