package dev.dormouse.engine.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.docker.FirewallSettings.Mode;
import dev.dormouse.engine.docker.HostFirewall.Family;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A firewall where none can be had. */
class HostFirewallTest {
    private static HostFirewall firewall(Mode mode, boolean here) {
        Family withoutProgram =
                new Family(
                        new PacketFilter("no-such-tables"),
                        new FirewallRules(4, "abc", "dm-abc", List.of()));
        HostFirewall firewall = new HostFirewall(mode, here, List.of(withoutProgram));
        firewall.look();
        return firewall;
    }

    @Test
    void whatIsMissingIsToldAndInstancesStart() {
        HostFirewall firewall = firewall(Mode.AUTO, true);

        assertThat(firewall.warning())
                .hasValue(
                        "no firewall between containers and this host's services: no-such-tables-save is not installed");
        assertThatCode(firewall::demand).doesNotThrowAnyException();
    }

    @Test
    void whereItIsRequiredNothingStartsWithoutIt() {
        HostFirewall firewall = firewall(Mode.REQUIRE, true);

        assertThatThrownBy(firewall::demand)
                .isInstanceOfSatisfying(
                        EngineException.class,
                        e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.REFUSED))
                .hasMessage(
                        "the host's firewall is required and does not stand: no-such-tables-save is not installed");
    }

    @Test
    void anEngineElsewhereHasNoFirewallOfOurs() {
        assertThat(firewall(Mode.AUTO, false).warning())
                .hasValue(
                        "no firewall between containers and this host's services: the engine's bridges are not on this machine");
    }

    @Test
    void oneThatIsSwitchedOffIsMissingToo() {
        assertThat(firewall(Mode.OFF, true).warning())
                .hasValue(
                        "no firewall between containers and this host's services: it is switched off (DORMOUSE_HOST_FIREWALL)");
    }
}
