package dev.dormouse.api;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Times as the wire writes them: RFC 3339 in UTC, with six digits of fraction or none. */
final class WireTime {
    private static final DateTimeFormatter WHOLE =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss'Z'").withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter MICROS =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private WireTime() {}

    static String format(Instant time) {
        Instant micros = time.truncatedTo(ChronoUnit.MICROS);
        return (micros.equals(time.truncatedTo(ChronoUnit.SECONDS)) ? WHOLE : MICROS)
                .format(micros);
    }
}
