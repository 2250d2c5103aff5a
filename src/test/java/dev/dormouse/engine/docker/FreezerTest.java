package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.config.Source;
import java.time.InstantSource;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is remembered of those that stand still. */
class FreezerTest {
    @Test
    void whatIsFrozenWhileTheListIsMadeIsNotForgotten() {
        try (Session session =
                Session.open(
                        DockerSettings.from(new Source(Map.of())),
                        "a-server",
                        InstantSource.system())) {
            Freezer freezer = new Freezer(session, new Runtimes(session, Map.of()));
            freezer.sees("gone", "1", true, true);
            freezer.sees("listed", "2", true, true);
            Set<String> before = freezer.stillOnes();
            freezer.sees("later", "3", true, true);

            freezer.keep(before, Set.of("listed"));

            assertThat(freezer.stillOnes()).containsExactlyInAnyOrder("listed", "later");
        }
    }
}
