package dev.dormouse.engine.docker;

import dev.dormouse.config.ServerSettings;
import dev.dormouse.config.Source;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What of the host instances may reach.
 *
 * @param openPorts the host's ports that they may, others than which are closed to them
 */
public record FirewallSettings(Mode mode, List<Port> openPorts) {
    /** Whether there is a firewall between instances and their host. */
    public enum Mode {
        /** Where it can be had; where not, that is told. */
        AUTO,
        /** None; one that an earlier start has raised is taken down. */
        OFF,
        /** Without it, no instance is started. */
        REQUIRE
    }

    /** A port of the host. */
    public record Port(String protocol, int number) {}

    private static final Pattern PORT = Pattern.compile("(\\d{1,5})(?:/(tcp|udp))?");
    private static final int PORT_MAX = 65_535;
    private static final String NONE = "none";

    public FirewallSettings {
        openPorts = List.copyOf(openPorts);
    }

    /**
     * Reads {@code DORMOUSE_HOST_FIREWALL} and {@code DORMOUSE_HOST_PORTS_OPEN}, which are the
     * gateway's ports where nothing else is said.
     */
    static FirewallSettings from(Source source) {
        String name = "DORMOUSE_HOST_PORTS_OPEN";
        String open = source.text(name, gatewayPorts(source));
        List<Port> ports = List.of();
        try {
            ports =
                    open.equals(NONE)
                            ? ports
                            : Arrays.stream(open.split(",")).map(FirewallSettings::port).toList();
        } catch (IllegalArgumentException e) {
            source.mistake(name, open, "ports such as 8000,443,53/udp, or none");
        }
        return new FirewallSettings(source.choice("DORMOUSE_HOST_FIREWALL", Mode.AUTO), ports);
    }

    private static String gatewayPorts(Source source) {
        return Stream.concat(
                        Stream.of(ServerSettings.gatewayListen(source)),
                        ServerSettings.tlsListen(source).stream())
                .map(listen -> Integer.toString(listen.port()))
                .collect(Collectors.joining(","));
    }

    private static Port port(String text) {
        var matcher = PORT.matcher(text.strip());
        if (!matcher.matches() || Integer.parseInt(matcher.group(1)) > PORT_MAX) {
            throw new IllegalArgumentException(text);
        }
        return new Port(
                matcher.group(2) == null ? "tcp" : matcher.group(2),
                Integer.parseInt(matcher.group(1)));
    }
}
