/**
 * The Hugging Face hub: its cache on disk, in the layout of Python's {@code huggingface_hub}, and a client that fills it.
 *
 * <p>Facts about layout and protocol: {@code huggingface_hub} 1.x, {@code file_download.py}, {@code
 * _snapshot_download.py}, {@code _tree_cache.py}, {@code utils/_cache_manager.py}.
 */
@NullMarked
package io.github.whisperspeedtest.hub;

import org.jspecify.annotations.NullMarked;
