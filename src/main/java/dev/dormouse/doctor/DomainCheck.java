package dev.dormouse.doctor;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Whether names of the endpoint domain lead to this machine. */
final class DomainCheck implements Check {
    private static final String ABOUT = "endpoint domain";

    private final String host;

    /**
     * @param host a name under the domain that no container has
     */
    DomainCheck(String host) {
        this.host = host;
    }

    @Override
    public List<Finding> look() {
        InetAddress[] addresses;
        try {
            addresses = InetAddress.getAllByName(host);
        } catch (UnknownHostException e) {
            return List.of(unknown());
        }
        String words =
                Arrays.stream(addresses)
                        .map(InetAddress::getHostAddress)
                        .collect(Collectors.joining(", "));
        return List.of(
                Arrays.stream(addresses).allMatch(DomainCheck::isHere)
                        ? new Finding.Ok(ABOUT, "%s is %s".formatted(host, words))
                        : new Finding.Warning(
                                ABOUT,
                                "%s is %s, which is not this machine".formatted(host, words),
                                "fine if that passes requests on to here; else mend the DNS record"
                                        + " of the domain"));
    }

    private Finding unknown() {
        if (host.endsWith(".localhost")) {
            return new Finding.Warning(
                    ABOUT,
                    "this machine's resolver does not know %s".formatted(host),
                    "curl and browsers know all the same; for others: apt-get install"
                            + " libnss-myhostname, or set DORMOUSE_ENDPOINT_DOMAIN");
        }
        return new Finding.Failure(
                ABOUT,
                "%s does not resolve".formatted(host),
                "make a wildcard record *.%s that leads to this machine"
                        .formatted(host.substring(host.indexOf('.') + 1)));
    }

    private static boolean isHere(InetAddress address) {
        try {
            return address.isLoopbackAddress()
                    || NetworkInterface.getByInetAddress(address) != null;
        } catch (SocketException e) {
            return false;
        }
    }
}
