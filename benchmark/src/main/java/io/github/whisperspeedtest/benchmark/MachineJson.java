package io.github.whisperspeedtest.benchmark;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** The state of the machine as JSON. The keys are the names of {@code MachineState}'s components with underscores. */
final class MachineJson {
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .build();

    private MachineJson() {}

    static JsonNode write(MachineLog log) {
        return MAPPER.valueToTree(log);
    }

    /**
     * Reads the state.
     *
     * @throws IllegalArgumentException if a value is invalid
     */
    static MachineLog read(JsonNode node) {
        try {
            return MAPPER.treeToValue(node, MachineLog.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("its 'machine' is not valid: " + e.getOriginalMessage(), e);
        }
    }
}
