package dev.dormouse.telemetry;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** How a request looks as a line. Pure. */
final class AccessLine {
    private static final JsonFactory JSON = new JsonFactory();
    private static final DateTimeFormatter COMMON_TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ENGLISH)
                    .withZone(ZoneOffset.UTC);

    private AccessLine() {}

    /** Its bytes, the line's end among them. */
    static byte[] json(Access access) {
        ByteArrayOutputStream line = new ByteArrayOutputStream(512);
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
            json.writeStartObject();
            json.writeStringProperty("at", access.at().toString());
            json.writeStringProperty("request_id", access.requestId());
            callee(json, access.callee());
            asked(json, access.asked());
            answered(json, access.answered());
            spent(json, access.spent());
            json.writeEndObject();
        }
        line.write('\n');
        return line.toByteArray();
    }

    private static void callee(JsonGenerator json, Access.Callee callee) {
        text(json, "container_id", callee.containerId());
        text(json, "namespace", callee.namespace());
        text(json, "container", callee.container());
        text(json, "host", callee.host());
        text(json, "instance", callee.instance());
    }

    private static void asked(JsonGenerator json, Access.Asked asked) {
        json.writeStringProperty("method", asked.method());
        json.writeStringProperty("path", asked.path());
        json.writeStringProperty("protocol", asked.protocol());
        text(json, "client", asked.client());
        text(json, "user_agent", asked.userAgent());
        json.writeNumberProperty("bytes_in", asked.bytes());
    }

    private static void answered(JsonGenerator json, Access.Answered answered) {
        json.writeNumberProperty("status", answered.status());
        text(json, "cause", answered.cause());
        if (answered.isCut()) {
            json.writeBooleanProperty("cut", true);
        }
        json.writeNumberProperty("bytes_out", answered.bytes());
    }

    private static void spent(JsonGenerator json, Access.Spent spent) {
        json.writeNumberProperty("ms", millis(spent.nanos()));
        json.writeObjectPropertyStart("parts");
        for (Access.Part part : spent.parts()) {
            json.writeNumberProperty(part.name(), millis(part.nanos()));
        }
        json.writeEndObject();
        json.writeNumberProperty("retries", spent.retries());
    }

    private static void text(JsonGenerator json, String name, String text) {
        if (!text.isEmpty()) {
            json.writeStringProperty(name, text);
        }
    }

    /** To the microsecond. */
    private static double millis(long nanos) {
        long micros = nanos / 1_000;
        return micros / 1_000.0;
    }

    /** The form that web servers name combined; its bytes, the line's end among them. */
    static byte[] common(Access access) {
        Access.Asked asked = access.asked();
        Access.Answered answered = access.answered();
        StringBuilder line = new StringBuilder(256);
        line.append(asked.client().isEmpty() ? "-" : asked.client()).append(" - - [");
        COMMON_TIME.formatTo(access.at(), line);
        line.append("] \"");
        escape(asked.method() + " " + asked.path() + " " + asked.version(), line);
        line.append("\" ").append(answered.status()).append(' ');
        line.append(answered.bytes() == 0 ? "-" : Long.toString(answered.bytes()));
        quote(asked.referer(), line);
        quote(asked.userAgent(), line);
        return line.append('\n').toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void quote(String text, StringBuilder line) {
        line.append(" \"");
        escape(text.isEmpty() ? "-" : text, line);
        line.append('"');
    }

    /** What a client says must not be able to look like the rest of the line, or another one. */
    private static void escape(String text, StringBuilder line) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                line.append('\\').append(c);
            } else if (c < ' ' || (c >= 0x7f && c < 0xa0)) {
                line.append("\\x").append(HexFormat.of().toHexDigits((byte) c));
            } else {
                line.append(c);
            }
        }
    }
}
