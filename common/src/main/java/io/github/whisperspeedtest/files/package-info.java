/** Writing and removing files in ways that leave nothing half done, and paths as users write them. */
@NullMarked
package io.github.whisperspeedtest.files;

import org.jspecify.annotations.NullMarked;
