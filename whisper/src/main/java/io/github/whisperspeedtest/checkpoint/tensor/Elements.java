package io.github.whisperspeedtest.checkpoint.tensor;

import io.github.whisperspeedtest.error.ModelException;
import io.github.whisperspeedtest.error.OperationCancelledException;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The bytes of an array's elements: in memory, in a file, or generated on access. */
sealed interface Elements {
    /** Returns the number of bytes. */
    long length();

    /**
     * Returns a read-only view of a part.
     *
     * @throws ModelException if it is in a file that cannot be read any more
     */
    ByteBuffer bytes(long from, long count);

    /** Makes elements that are in a buffer, from position to limit. */
    static Elements inMemory(ByteBuffer data) {
        return new InMemory(data.slice().asReadOnlyBuffer());
    }

    /** Elements in a buffer. */
    record InMemory(ByteBuffer buffer) implements Elements {
        @Override
        public long length() {
            return buffer.remaining();
        }

        @Override
        public ByteBuffer bytes(long from, long count) {
            return buffer.slice(Math.toIntExact(from), Math.toIntExact(count));
        }
    }

    /** Elements that a generator makes. */
    record Generated(long length, int elementBytes, Tensor.Generator generator) implements Elements {
        @Override
        public ByteBuffer bytes(long from, long count) {
            ByteBuffer target = ByteBuffer.allocate(Math.toIntExact(count)).order(ByteOrder.LITTLE_ENDIAN);
            generator.generate(from / elementBytes, target);
            return target.flip().asReadOnlyBuffer();
        }
    }

    /** Maps the file again after the previous mapping was collected, so a converted model does not keep memory. */
    final class InFile implements Elements {
        private final FileRegion region;
        private WeakReference<@Nullable ByteBuffer> map = new WeakReference<>(null);

        InFile(FileRegion region) {
            this.region = region;
        }

        FileRegion region() {
            return region;
        }

        @Override
        public long length() {
            return region.length();
        }

        @Override
        public ByteBuffer bytes(long from, long count) {
            return whole().slice(Math.toIntExact(from), Math.toIntExact(count));
        }

        private synchronized ByteBuffer whole() {
            ByteBuffer mapped = map.get();
            if (mapped == null) {
                mapped = map();
                map = new WeakReference<>(mapped);
            }
            return mapped;
        }

        private ByteBuffer map() {
            try (FileChannel channel = FileChannel.open(region.file(), StandardOpenOption.READ)) {
                if (channel.size() - region.offset() < region.length()) {
                    throw new ModelException(region.file() + " is damaged: it should have " + region.length()
                            + " bytes from " + region.offset() + " on, but became shorter after it was opened."
                            + " Download the model again.");
                }
                return channel.map(MapMode.READ_ONLY, region.offset(), region.length());
            } catch (IOException e) {
                OperationCancelledException.throwIfInterrupted("Reading " + region.file(), e);
                throw new ModelException(
                        region.file() + " cannot be read: " + e.getMessage() + ". Check the disk and the file.", e);
            }
        }
    }
}
