/** What exactly ran: the version of this tool, and the files of a model with their repository, commit and hashes. */
@NullMarked
package io.github.whisperspeedtest.provenance;

import org.jspecify.annotations.NullMarked;
