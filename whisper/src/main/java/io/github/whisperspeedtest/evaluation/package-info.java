/** Accuracy of a transcript compared with a reference. */
@NullMarked
package io.github.whisperspeedtest.evaluation;

import org.jspecify.annotations.NullMarked;
