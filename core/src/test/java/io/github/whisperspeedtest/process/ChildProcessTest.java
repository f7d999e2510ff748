package io.github.whisperspeedtest.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChildProcessTest {
    @Test
    void limitsSpinningUnlessUserSetsIt() {
        assertThat(limited(Map.of("A", "b"))).isEqualTo(Map.of("A", "b", "GOMP_SPINCOUNT", "1000"));
        assertThat(limited(Map.of("GOMP_SPINCOUNT", "7"))).isEqualTo(Map.of("GOMP_SPINCOUNT", "7"));
        assertThat(limited(Map.of("OMP_WAIT_POLICY", "ACTIVE"))).isEqualTo(Map.of("OMP_WAIT_POLICY", "ACTIVE"));
    }

    private static Map<String, String> limited(Map<String, String> environment) {
        Map<String, String> variables = new HashMap<>(environment);
        ChildProcess.limitSpinning(variables);
        return variables;
    }
}
