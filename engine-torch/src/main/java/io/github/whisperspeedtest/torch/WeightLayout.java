package io.github.whisperspeedtest.torch;

/** How the matrices of the decoder's linear layers, {@code [outputs, inputs]}, lie in memory. */
enum WeightLayout {
    /** Row by row, as the files have them. */
    ROWS,
    /**
     * Column by column. MKL multiplies few rows with such a matrix up to three times as fast on processors of AMD, where its product with
     * one that lies row by row reads the memory slowly.
     */
    COLUMNS
}
