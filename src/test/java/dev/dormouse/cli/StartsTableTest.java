package dev.dormouse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class StartsTableTest {
    private static final String READY =
            """
            {"instance":"i1","revision":3,"cause":"request","because":"","at":"2026-11-24T08:00:00Z",
             "outcome":"ready","message":"","milliseconds":612.345,"parts":[
              {"part":"schedule","milliseconds":0.345},{"part":"listen","milliseconds":612.0}]}\
            """;
    private static final String FAILED =
            READY.replace("ready", "failed")
                    .replace("\"message\":\"\"", "\"message\":\"it exited\"");

    private static JsonNode starts(List<String> starts) {
        return JsonMapper.shared().readTree("[" + String.join(",", starts) + "]");
    }

    @Test
    void everyPartHasAColumnAndAFailureItsReason() {
        assertThat(StartsTable.lines(starts(List.of(FAILED, READY)), 5))
                .containsExactly(
                        "at                    instance  cause    outcome  whole  image  schedule  create  start  listen  probe  forward",
                        "2026-11-24T08:00:00Z  i1        request  failed   612.3      -       0.3       -      -   612.0      -        -",
                        "  it exited",
                        "2026-11-24T08:00:00Z  i1        request  ready    612.3      -       0.3       -      -   612.0      -        -");
    }

    @Test
    void onlyTheNewestAreShown() {
        List<String> lines = StartsTable.lines(starts(Collections.nCopies(9, READY)), 5);

        assertThat(lines).hasSize(6);
    }
}
