package dev.dormouse.config;

/**
 * An address to listen on.
 *
 * @param host an address or name; {@code 0.0.0.0} for all
 * @param port 0 lets the system choose one
 */
public record Listen(String host, int port) {
    private static final int PORT_MAX = 65_535;

    static Listen parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException(text);
        }
        int port = Integer.parseInt(text.substring(colon + 1));
        if (port < 0 || port > PORT_MAX) {
            throw new IllegalArgumentException(text);
        }
        String host = text.substring(0, colon);
        if (host.startsWith("[") && host.endsWith("]")) {
            host = host.substring(1, host.length() - 1);
        }
        return new Listen(host.isEmpty() ? "0.0.0.0" : host, port);
    }

    @Override
    public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
