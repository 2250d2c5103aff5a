package dev.dormouse.api;

import com.networknt.schema.Error;
import com.networknt.schema.path.NodePath;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * One complaint of the schema library, seen from the caller's side: which argument, in which way,
 * and what is allowed there.
 *
 * @param argumentName the argument's path, such as {@code liveness_probe.http.path}; the items of a
 *     list share the list's name
 */
record Complaint(String argumentName, Problem.Reason reason, String help) {
    private static final Set<String> SECRET = Set.of("secret_environment_variables");
    private static final Set<String> FORM = Set.of("type", "format", "pattern");

    static Complaint of(Error error, JsonNode value, JsonNode document, String rootName) {
        List<String> path = path(error.getInstanceLocation());
        if (error.getProperty() != null) {
            path.add(error.getProperty());
        }
        String name = path.isEmpty() ? rootName : String.join(".", path);
        JsonNode given = error.getInstanceNode() == null ? value : error.getInstanceNode();
        return switch (error.getKeyword()) {
            case "required" -> required(name);
            case "propertyNames" ->
                    new Complaint(
                            name,
                            Problem.Reason.FORMAT,
                            "the name \"%s\" is not allowed; allowed is %s"
                                    .formatted(
                                            error.getProperty(),
                                            Allowed.by(nameSchema(error, document), given)));
            case "type" ->
                    given.isNull() && path.size() == 1
                            ? required(name)
                            : wrong(error, name, given, document, isSecret(path));
            default -> wrong(error, name, given, document, isSecret(path));
        };
    }

    private static boolean isSecret(List<String> path) {
        return !path.isEmpty() && SECRET.contains(path.getFirst());
    }

    private static Complaint required(String name) {
        return new Complaint(name, Problem.Reason.REQUIRED, name + " is required");
    }

    private static Complaint wrong(
            Error error, String name, JsonNode given, JsonNode document, boolean isSecret) {
        String allowed = Allowed.by(schemaOf(error, document), given);
        String shown = isSecret ? "the value (a secret, so not shown)" : Allowed.show(given);
        return new Complaint(
                name,
                FORM.contains(error.getKeyword())
                        ? Problem.Reason.FORMAT
                        : Problem.Reason.CONSTRAINT,
                "%s is not allowed; allowed is %s".formatted(shown, allowed));
    }

    private static JsonNode nameSchema(Error error, JsonNode document) {
        JsonNode schema = document.at(error.getSchemaLocation().getFragment().toString());
        return schema.has("$ref")
                ? document.at(schema.path("$ref").stringValue().substring(1))
                : schema;
    }

    /** What the caller is told about one argument, from all complaints about it. */
    static Problem.Detail detail(List<Complaint> complaints) {
        Complaint first =
                complaints.stream().min(Comparator.comparingInt(Complaint::weight)).orElseThrow();
        return new Problem.Detail(first.argumentName, first.reason, first.help);
    }

    private int weight() {
        return switch (reason) {
            case REQUIRED -> 0;
            case FORMAT -> 1;
            case CONSTRAINT -> 2;
            case UNKNOWN -> 3;
        };
    }

    /** The names on the way to a place; the positions in lists are left out. */
    private static List<String> path(NodePath location) {
        List<String> path = new ArrayList<>();
        for (int i = 0; i < location.getNameCount(); i++) {
            if (!(location.getElement(i) instanceof Integer)) {
                path.add(location.getName(i));
            }
        }
        return path;
    }

    /**
     * The schema that says what is allowed: the keyword's own, or the next one out that says so.
     */
    private static JsonNode schemaOf(Error error, JsonNode document) {
        String pointer = error.getSchemaLocation().getFragment().toString();
        String parent = parentOf(pointer);
        for (String at = parent; !at.isEmpty(); at = parentOf(at)) {
            if (document.at(at).has("x-allowed")) {
                return document.at(at);
            }
            String last = at.substring(at.lastIndexOf('/') + 1);
            if (last.equals("properties") || last.equals("items")) {
                break;
            }
        }
        return document.at(parent);
    }

    private static String parentOf(String pointer) {
        int slash = pointer.lastIndexOf('/');
        return slash < 0 ? "" : pointer.substring(0, slash);
    }
}
