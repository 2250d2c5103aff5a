package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;

import dev.dormouse.engine.docker.FirewallSettings.Port;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirewallRulesTest {
    private static final String PLAIN =
            """
            *filter
            :INPUT ACCEPT [1:2]
            :FORWARD DROP [0:0]
            :DOCKER-USER - [0:0]
            -A FORWARD -j DOCKER-USER
            -A DOCKER-USER -j RETURN
            COMMIT
            """;

    private static final String RAISED =
            """
            *filter
            :INPUT ACCEPT [1:2]
            :FORWARD DROP [0:0]
            :DOCKER-USER - [0:0]
            :DORMOUSE-abc-IN - [0:0]
            :DORMOUSE-abc-FORWARD - [0:0]
            :DORMOUSE-other-IN - [0:0]
            -A INPUT -i dm-other+ -j DORMOUSE-other-IN
            -A INPUT -i dm-abc+ -j DORMOUSE-abc-IN
            -A DOCKER-USER -i dm-abc+ -j DORMOUSE-abc-FORWARD
            -A DORMOUSE-abc-IN -j DROP
            -A DORMOUSE-abc-FORWARD -o dm-+ -j DROP
            -A DORMOUSE-other-IN -j DROP
            COMMIT
            """;

    private final FirewallRules rules =
            new FirewallRules(4, "abc", "dm-abc", List.of(new Port("tcp", 8_000)));

    @Test
    void theEnginesChainForItsUsersIsWhereForwardedPacketsAreCaught() {
        assertThat(rules.raise(PLAIN))
                .startsWith("*filter\n:DORMOUSE-abc-IN - [0:0]\n:DORMOUSE-abc-FORWARD - [0:0]\n")
                .contains("-I INPUT 1 -i dm-abc+ -j DORMOUSE-abc-IN\n")
                .contains("-I DOCKER-USER 1 -i dm-abc+ -j DORMOUSE-abc-FORWARD\n")
                .endsWith("COMMIT\n");
    }

    @Test
    void withoutThatChainTheyAreCaughtWhereAllAre() {
        assertThat(rules.raise(PLAIN.replace("DOCKER-USER", "ANOTHER")))
                .contains("-I FORWARD 1 -i dm-abc+ -j DORMOUSE-abc-FORWARD\n");
    }

    @Test
    void whatStandsGetsNoSecondJump() {
        assertThat(rules.raise(RAISED)).doesNotContain("-I ");
    }

    @Test
    void anOpenPortComesBeforeWhatIsClosed() {
        String document = rules.raise(PLAIN);

        assertThat(document.indexOf("-p tcp --dport 8000 -j RETURN"))
                .isPositive()
                .isLessThan(document.indexOf("--syn -j REJECT"));
    }

    @Test
    void onlyOursIsTakenAway() {
        assertThat(rules.remove(RAISED))
                .isEqualTo(
                        """
                        *filter
                        -D INPUT -i dm-abc+ -j DORMOUSE-abc-IN
                        -D DOCKER-USER -i dm-abc+ -j DORMOUSE-abc-FORWARD
                        -F DORMOUSE-abc-IN
                        -X DORMOUSE-abc-IN
                        -F DORMOUSE-abc-FORWARD
                        -X DORMOUSE-abc-FORWARD
                        COMMIT
                        """);
    }

    @Test
    void whereNothingOfOursIsNothingIsTakenAway() {
        assertThat(rules.remove(PLAIN)).isEqualTo("*filter\nCOMMIT\n");
    }

    @Test
    void inVersion6TheNeighboursAreStillFound() {
        FirewallRules six = new FirewallRules(6, "abc", "dm-abc", List.of());

        assertThat(six.raise(PLAIN))
                .contains("--icmpv6-type neighbour-solicitation -j RETURN")
                .contains("-d fd00:ec2::254/128 -j REJECT")
                .doesNotContain("169.254");
    }
}
