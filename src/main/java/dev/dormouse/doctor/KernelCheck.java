package dev.dormouse.doctor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel gives this process and the engine beside it: cgroup controllers, rights, open
 * files, forwarding. Says nothing of what a system without /proc does not tell.
 */
final class KernelCheck implements Check {
    private static final Set<String> CONTROLLERS = Set.of("memory", "cpu", "pids");
    private static final Pattern OPEN_FILES = Pattern.compile("Max open files +\\d+ +(\\d+)");
    private static final Pattern RIGHTS = Pattern.compile("CapEff:\\s+([0-9a-f]+)");
    private static final long NET_ADMIN = 1L << 12;
    private static final long FILES_FAILURE = 1_024;
    private static final long FILES_WARNING = 16_384;

    private final Path root;

    /**
     * @param root where /proc and /sys are
     */
    KernelCheck(Path root) {
        this.root = root;
    }

    @Override
    public List<Finding> look() {
        List<Finding> findings = new ArrayList<>();
        try {
            cgroups(findings);
            read("proc/self/limits").ifPresent(text -> openFiles(text, findings));
            read("proc/self/status").ifPresent(text -> rights(text, findings));
            read("proc/sys/net/ipv4/ip_forward").ifPresent(text -> forwarding(text, findings));
        } catch (UncheckedIOException e) {
            findings.add(
                    new Finding.Warning(
                            "kernel", "it cannot be asked: " + e.getMessage(), "look yourself"));
        }
        return findings;
    }

    private Optional<String> read(String file) {
        try {
            Path path = root.resolve(file);
            return Files.isReadable(path) ? Optional.of(Files.readString(path)) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> words(String text) {
        return Arrays.asList(text.strip().split("\\s+", -1));
    }

    private void cgroups(List<Finding> findings) {
        read("sys/fs/cgroup/cgroup.controllers")
                .ifPresentOrElse(
                        text -> controllers("v2", new TreeSet<>(words(text))::contains, findings),
                        () ->
                                read("proc/cgroups")
                                        .ifPresent(text ->
                                                controllers(
                                                        "v1", enabled(text)::contains, findings)));
    }

    /** The lines of {@code /proc/cgroups} whose last column is 1. */
    private static Set<String> enabled(String text) {
        Set<String> enabled = new TreeSet<>();
        for (String line : text.lines().toList()) {
            String[] columns = line.split("\\s+", -1);
            if (columns[columns.length - 1].equals("1")) {
                enabled.add(columns[0]);
            }
        }
        return enabled;
    }

    private static void controllers(
            String version, Predicate<String> isThere, List<Finding> findings) {
        Set<String> missing = new TreeSet<>(CONTROLLERS);
        missing.removeIf(isThere);
        findings.add(
                missing.isEmpty()
                        ? new Finding.Ok("cgroups", version + " with memory, cpu and pids")
                        : new Finding.Failure(
                                "cgroups",
                                "%s without %s".formatted(version, String.join(", ", missing)),
                                "switch them on: cgroup_enable=memory on the kernel's command line,"
                                        + " or cgroup.subtree_control of the parent cgroup"));
    }

    private static void openFiles(String text, List<Finding> findings) {
        Matcher matcher = OPEN_FILES.matcher(text);
        if (!matcher.find()) {
            findings.add(new Finding.Ok("open files", "are not limited"));
            return;
        }
        long most = Long.parseLong(matcher.group(1));
        String says = "this process may open %d".formatted(most);
        String advice =
                "raise the limit (ulimit -Hn, LimitNOFILE of the service): a request takes two";
        if (most < FILES_FAILURE) {
            findings.add(new Finding.Failure("open files", says, advice));
        } else if (most < FILES_WARNING) {
            findings.add(new Finding.Warning("open files", says, advice));
        } else {
            findings.add(new Finding.Ok("open files", says));
        }
    }

    private static void rights(String text, List<Finding> findings) {
        Matcher matcher = RIGHTS.matcher(text);
        boolean isAdmin =
                matcher.find() && (Long.parseUnsignedLong(matcher.group(1), 16) & NET_ADMIN) != 0;
        findings.add(
                isAdmin
                        ? new Finding.Ok("rights", "this user may set firewall rules")
                        : new Finding.Warning(
                                "rights",
                                "%s may not set firewall rules"
                                        .formatted(System.getProperty("user.name")),
                                "run the server as root, so that instances can be kept from this"
                                        + " machine's own services"));
    }

    private static void forwarding(String text, List<Finding> findings) {
        boolean isOn = words(text).contains("1");
        findings.add(
                isOn
                        ? new Finding.Ok("forwarding", "instances reach the outside")
                        : new Finding.Warning(
                                "forwarding",
                                "the kernel does not forward packets",
                                "sysctl -w net.ipv4.ip_forward=1, or instances reach nothing"
                                        + " outside"));
    }
}
