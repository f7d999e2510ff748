/** Writing and removing files in ways that leave nothing half done. */
@NullMarked
package io.github.whisperspeedtest.files;

import org.jspecify.annotations.NullMarked;
