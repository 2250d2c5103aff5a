package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VariableExpansionTest {
    private static final Map<String, String> ENVIRONMENT =
            Map.of("PORT", "8080", "EMPTY", "", "NESTED", "$(PORT)");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "nothing",
            value = {
                "plain | plain",
                "--port=$(PORT) | --port=8080",
                "$(PORT)$(PORT) | 80808080",
                "[$(EMPTY)] | []",
                "$(UNKNOWN) | $(UNKNOWN)",
                "$$(PORT) | $(PORT)",
                "$$$(PORT) | $8080",
                "$$$$ | $$",
                "a$ | a$",
                "$PORT | $PORT",
                "$(PORT | $(PORT",
                "$(NESTED) | $(PORT)",
                "$() | $()"
            })
    void variablesAreExpandedAsKubernetesDoes(String written, String expanded) {
        assertThat(VariableExpansion.expand(written, ENVIRONMENT)).isEqualTo(expanded);
    }
}
