package dev.dormouse.gateway;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** What gRPC's clients are told where others are told a status of HTTP. Pure. */
final class Grpc {
    static final String STATUS = "grpc-status";
    static final String MESSAGE = "grpc-message";

    private Grpc() {}

    /** As gRPC's own clients translate a status of HTTP. */
    static int status(int httpStatus) {
        return switch (httpStatus) {
            case 400 -> 13; // INTERNAL
            case 401 -> 16; // UNAUTHENTICATED
            case 403 -> 7; // PERMISSION_DENIED
            case 404 -> 12; // UNIMPLEMENTED
            case 429, 502, 503, 504 -> 14; // UNAVAILABLE
            default -> 2; // UNKNOWN
        };
    }

    /** Printable ASCII as it is, all else and the percent sign as bytes of UTF-8. */
    static String message(String words) {
        StringBuilder escaped = new StringBuilder(words.length());
        for (byte b : words.getBytes(StandardCharsets.UTF_8)) {
            if (b >= ' ' && b < 0x7f && b != '%') {
                escaped.append((char) b);
            } else {
                escaped.append('%').append(HexFormat.of().withUpperCase().toHexDigits(b));
            }
        }
        return escaped.toString();
    }
}
