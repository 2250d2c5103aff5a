package dev.dormouse.api;

import com.networknt.schema.ExecutionContext;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.format.Format;
import com.networknt.schema.keyword.FormatValidator;
import com.networknt.schema.path.NodePath;
import dev.dormouse.model.ImageReference;
import dev.dormouse.model.Options;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * The formats that the document uses beyond the standard ones. Each says what is wrong with a text,
 * or nothing.
 */
enum Formats implements Format {
    /** A duration such as {@code 30s} or {@code 1.5s}, within x-minimum and x-maximum seconds. */
    SECONDS("seconds") {
        @Override
        Optional<String> mistake(String text, JsonNode schema) {
            Duration least = Duration.ofSeconds(schema.path("x-minimum").longValue());
            Duration most = Duration.ofSeconds(schema.path("x-maximum").longValue());
            boolean fits =
                    WireDuration.parse(text)
                            .filter(duration -> duration.compareTo(least) >= 0)
                            .filter(duration -> duration.compareTo(most) <= 0)
                            .isPresent();
            return fits
                    ? Optional.empty()
                    : Optional.of(
                            "seconds from %ds to %ds, written like \"30s\" or \"1.5s\""
                                    .formatted(least.toSeconds(), most.toSeconds()));
        }
    },
    /** An image reference. */
    IMAGE_REFERENCE("image-reference") {
        @Override
        Optional<String> mistake(String text, JsonNode schema) {
            return ImageReference.mistake(text)
                    .map(help ->
                            "an image reference such as nginx:1.29 or host:5000/a/b:tag; " + help);
        }
    },
    /** A tag; one that looks like an option of ours must be one. */
    TAG("tag") {
        @Override
        Optional<String> mistake(String text, JsonNode schema) {
            if (text.indexOf('\0') >= 0) {
                return Optional.of("a text without NUL");
            }
            return Options.mistakes(List.of(text)).stream().findFirst();
        }
    },
    /** A text of at most x-maximum-bytes bytes in UTF-8. */
    UTF8("utf8") {
        @Override
        Optional<String> mistake(String text, JsonNode schema) {
            long most = schema.path("x-maximum-bytes").longValue();
            return text.getBytes(StandardCharsets.UTF_8).length <= most
                    ? Optional.empty()
                    : Optional.of("at most %d bytes in UTF-8".formatted(most));
        }
    };

    private final String name;

    Formats(String name) {
        this.name = name;
    }

    /** What is allowed, if the text is not. */
    abstract Optional<String> mistake(String text, JsonNode schema);

    /** What the format named by a schema has against a text. */
    static Optional<String> mistakeOf(JsonNode schema, String text) {
        String named = schema.path("format").asString("");
        for (Formats format : values()) {
            if (format.name.equals(named)) {
                return format.mistake(text, schema);
            }
        }
        return Optional.empty();
    }

    @Override
    public String getName() {
        return name;
    }

    @Override
    public boolean matches(
            ExecutionContext executionContext,
            SchemaContext schemaContext,
            JsonNode node,
            JsonNode rootNode,
            NodePath instanceLocation,
            boolean assertionsEnabled,
            FormatValidator validator) {
        return !node.isString()
                || mistake(node.stringValue(), validator.getParentSchema().getSchemaNode())
                        .isEmpty();
    }
}
