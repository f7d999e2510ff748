package io.github.whisperspeedtest.hub;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The listing of a commit as {@code huggingface_hub} keeps it in {@code trees/<commit>.json}, format version 1. */
final class TreeFile {
    private static final Logger log = LoggerFactory.getLogger(TreeFile.class);
    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int FORMAT_VERSION = 1;

    private TreeFile() {}

    static Path path(Path repositoryDirectory, String commit) {
        return HubNames.resolve(repositoryDirectory.resolve("trees"), commit + ".json");
    }

    /** Returns the listing, or empty if there is none, or none that can be understood. */
    static Optional<HubTree> read(Path repositoryDirectory, String commit) {
        Path file = path(repositoryDirectory, commit);
        if (!Files.isRegularFile(file)) {
            return Optional.empty();
        }
        try {
            JsonNode root = MAPPER.readTree(Files.readAllBytes(file));
            if (root == null || root.path("format_version").asInt(-1) != FORMAT_VERSION) {
                return Optional.empty();
            }
            Map<String, HubFile> files = new LinkedHashMap<>();
            for (Map.Entry<String, JsonNode> entry : root.path("files").properties()) {
                JsonNode node = entry.getValue();
                String sha256 = text(node, "lfs_sha256");
                files.put(
                        entry.getKey(),
                        new HubFile(
                                entry.getKey(),
                                node.path(sha256 == null ? "size" : "lfs_size").asLong(-1),
                                node.path("blob_id").asText(),
                                sha256,
                                text(node, "xet_hash")));
            }
            return Optional.of(new HubTree(commit, files));
        } catch (IOException e) {
            log.debug("{} cannot be read", file, e);
            return Optional.empty();
        }
    }

    static byte[] write(HubTree tree) {
        ObjectNode root = MAPPER.createObjectNode();
        root.put("format_version", FORMAT_VERSION);
        ObjectNode files = root.putObject("files");
        tree.files().values().stream()
                .sorted(Comparator.comparing(HubFile::path))
                .forEach(file -> {
                    ObjectNode node = files.putObject(file.path());
                    node.put("size", file.size());
                    node.put("blob_id", file.gitHash());
                    if (file.sha256() != null) {
                        node.put("lfs_sha256", file.sha256());
                        node.put("lfs_size", file.size());
                    }
                    if (file.xetHash() != null) {
                        node.put("xet_hash", file.xetHash());
                    }
                });
        try {
            return MAPPER.writeValueAsString(root).getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A listing is always JSON", e);
        }
    }

    private static @Nullable String text(JsonNode node, String field) {
        return node.hasNonNull(field) ? node.get(field).asText() : null;
    }
}
