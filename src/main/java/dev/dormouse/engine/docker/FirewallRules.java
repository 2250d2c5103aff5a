package dev.dormouse.engine.docker;

import dev.dormouse.engine.docker.FirewallSettings.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rules between one server's instances and their host, for one version of IP, as
 * iptables-restore reads them: two chains of our own, which only take away, and one jump to each.
 * What they let pass goes on through the machine's own rules, of which none is touched.
 *
 * <p>All of the server's bridges are matched by the beginning of their names, so that a bridge
 * opened later needs no further rule, and one server's rules are nothing to another.
 *
 * @param version 4 or 6
 * @param bridges how the names of the server's bridges begin
 */
record FirewallRules(int version, String shortId, String bridges, List<Port> openPorts) {
    /** Every server's bridges. */
    private static final String ALL_BRIDGES = "dm-+";

    private static final String FORWARD = "FORWARD";

    /** The engine leaves this chain to its users and looks into it before its own rules. */
    private static final String ENGINES_USERS = "DOCKER-USER";

    /** Where clouds answer whoever asks with the machine's own credentials. */
    private static final List<String> METADATA_4 =
            List.of("169.254.0.0/16", "100.100.100.200/32", "168.63.129.16/32");

    private static final List<String> METADATA_6 = List.of("fd00:ec2::254/128", "fd20:ce::254/128");

    /** Packets to the host itself. */
    private String toHost() {
        return "DORMOUSE-" + shortId + "-IN";
    }

    /** Packets that the host passes on. */
    private String through() {
        return "DORMOUSE-" + shortId + "-FORWARD";
    }

    /** What {@code iptables-save} shows of ours, in its own spelling. */
    List<String> ours(String saved) {
        return saved.lines()
                .filter(line -> line.startsWith("-A "))
                .filter(line -> line.contains(toHost()) || line.contains(through()))
                .toList();
    }

    /** Makes our chains what they should be, at one stroke, and adds the jumps that are missing. */
    String raise(String saved) {
        List<String> lines = new ArrayList<>(List.of("*filter"));
        lines.add(":" + toHost() + " - [0:0]");
        lines.add(":" + through() + " - [0:0]");
        toHostRules().map(rule -> "-A " + toHost() + " " + rule).forEach(lines::add);
        throughRules().map(rule -> "-A " + through() + " " + rule).forEach(lines::add);
        boolean engineLeavesOne = saved.contains("\n:" + ENGINES_USERS + " ");
        jump(saved, "INPUT", toHost()).forEach(lines::add);
        jump(saved, engineLeavesOne ? ENGINES_USERS : FORWARD, through()).forEach(lines::add);
        lines.add("COMMIT");
        return String.join("\n", lines) + "\n";
    }

    /** Takes all of it away. */
    String remove(String saved) {
        List<String> lines = new ArrayList<>(List.of("*filter"));
        ours(saved).stream()
                .filter(line -> !line.startsWith("-A " + toHost() + " "))
                .filter(line -> !line.startsWith("-A " + through() + " "))
                .map(line -> line.replaceFirst("^-A", "-D"))
                .forEach(lines::add);
        for (String chain : List.of(toHost(), through())) {
            if (saved.contains("\n:" + chain + " ")) {
                lines.add("-F " + chain);
                lines.add("-X " + chain);
            }
        }
        lines.add("COMMIT");
        return String.join("\n", lines) + "\n";
    }

    private Stream<String> jump(String saved, String from, String to) {
        boolean isThere =
                ours(saved).stream().anyMatch(line -> line.startsWith("-A " + from + " "));
        return isThere
                ? Stream.of()
                : Stream.of("-I %s 1 -i %s+ -j %s".formatted(from, bridges, to));
    }

    /**
     * A segment that begins nothing and belongs to nothing known is dropped, not refused: a refusal
     * would end a connection that the kernel has only forgotten.
     */
    private Stream<String> toHostRules() {
        Stream<String> open =
                openPorts.stream()
                        .map(port ->
                                "-p %s --dport %d -j RETURN"
                                        .formatted(port.protocol(), port.number()));
        Stream<String> closed =
                Stream.of(
                        "-p tcp --syn -j REJECT --reject-with tcp-reset",
                        "-p udp -j REJECT",
                        "-j DROP");
        Stream<String> known = Stream.of("-m conntrack --ctstate ESTABLISHED,RELATED -j RETURN");
        return Stream.of(known, neighbours(), open, closed).flatMap(one -> one);
    }

    /** Without these two, no packet finds its way in IPv6. */
    private Stream<String> neighbours() {
        return version == 4
                ? Stream.of()
                : Stream.of(
                        "-p ipv6-icmp --icmpv6-type neighbour-solicitation -j RETURN",
                        "-p ipv6-icmp --icmpv6-type neighbour-advertisement -j RETURN");
    }

    /** Some clouds resolve names at the metadata's address: that stays. */
    private Stream<String> throughRules() {
        Stream<String> metadata =
                (version == 4 ? METADATA_4 : METADATA_6)
                        .stream()
                                .flatMap(address ->
                                        Stream.of(
                                                "-d %s -p udp --dport 53 -j RETURN"
                                                        .formatted(address),
                                                "-d %s -p tcp --dport 53 -j RETURN"
                                                        .formatted(address),
                                                "-d %s -j REJECT".formatted(address)));
        return Stream.concat(metadata, Stream.of("-o " + ALL_BRIDGES + " -j DROP"));
    }
}
