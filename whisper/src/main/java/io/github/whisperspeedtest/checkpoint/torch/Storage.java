package io.github.whisperspeedtest.checkpoint.torch;

import io.github.whisperspeedtest.checkpoint.zip.ZipEntry;

/**
 * An array of numbers in an archive, of which tensors are views.
 *
 * @param type what it is made of
 * @param count how many there are
 * @param entry where they are
 */
record Storage(StorageType type, long count, ZipEntry entry) {}
