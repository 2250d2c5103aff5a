package dev.dormouse.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The keys that callers use; each sub-command is a method of its own. */
@Command(
        name = "key",
        mixinStandardHelpOptions = true,
        description = "Makes, lists and revokes the keys that callers use.")
final class KeyCommand implements Callable<Integer> {
    private static final String PATH = "/dormouse/v1/keys";

    @Spec private CommandSpec spec = CommandSpec.create();

    private final Session session;

    KeyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "say what to do: create, list or revoke");
    }

    @Command(
            name = "create",
            mixinStandardHelpOptions = true,
            description = "Makes a key and prints it. Its secret cannot be had again.")
    int create(
            @Option(
                            names = "--description",
                            paramLabel = "TEXT",
                            defaultValue = "",
                            description = "what it is for")
                    String description,
            @Option(
                            names = "--permission",
                            paramLabel = "SET",
                            required = true,
                            description = {
                                "what it may do, repeatable: ContainersReadOnly, ContainersFullAccess,"
                                        + " ContainersPrivateAccess (call private containers),"
                                        + " AllProductsFullAccess, IAMManager (keys)"
                            })
                    List<String> permissionSets,
            @Option(
                            names = "--expires-at",
                            paramLabel = "TIME",
                            description = "such as 2027-01-31T00:00:00Z; without it, never")
                    Optional<String> expiresAt) {
        ObjectNode body = ApiClient.object().put("description", description);
        ArrayNode sets = body.putArray("permission_sets");
        permissionSets.forEach(sets::add);
        expiresAt.ifPresent(time -> body.put("expires_at", time));
        JsonNode key = session.api().post(PATH, body);
        session.console().result("SCW_ACCESS_KEY=" + key.path("access_key").asString(""));
        session.console().result("SCW_SECRET_KEY=" + key.path("secret_key").asString(""));
        return 0;
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the keys.")
    int list() {
        for (JsonNode key : session.api().get(PATH, Map.of()).path("keys")) {
            session.console()
                    .result(
                            "%s  %s  %s  %s"
                                    .formatted(
                                            key.path("access_key").asString(""),
                                            key.path("expires_at").asString("never expires"),
                                            texts(key.path("permission_sets")),
                                            key.path("description").asString("")));
        }
        return 0;
    }

    @Command(
            name = "revoke",
            mixinStandardHelpOptions = true,
            description = "Revokes a key: nobody is let in with it any more.")
    int revoke(
            @Parameters(paramLabel = "ACCESS_KEY", description = "as ./dormouse key list shows it")
                    String accessKey) {
        session.api().delete(PATH + "/" + ApiClient.encoded(accessKey));
        session.console().note(accessKey + " is revoked");
        return 0;
    }

    private static String texts(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false)
                .map(one -> one.asString(""))
                .collect(Collectors.joining(","));
    }
}
