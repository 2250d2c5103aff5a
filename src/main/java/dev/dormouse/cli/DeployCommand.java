package dev.dormouse.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

@Command(
        name = "deploy",
        mixinStandardHelpOptions = true,
        description = {
            "Creates a container or updates it, waits until it is ready, and prints its endpoint.",
            "",
            "An update always asks for the image anew, and changes only what is given; --env, --secret,"
                    + " --command, --arg and --tag then replace all there were."
        })
final class DeployCommand implements Callable<Integer> {
    private static final long BYTES_PER_MB = 1_000_000;

    @Parameters(index = "0", paramLabel = "NAME", description = "the container's name")
    private String name = "";

    @Parameters(
            index = "1",
            paramLabel = "IMAGE",
            description = "an image reference; one that only the local engine has is fine")
    private String image = "";

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "made if missing (default: ${DEFAULT-VALUE})")
    private String namespace = "default";

    @Option(names = "--region", paramLabel = "NAME", description = "default: SCW_DEFAULT_REGION")
    private Optional<String> region = Optional.empty();

    @Option(
            names = "--port",
            paramLabel = "N",
            description = "where the process listens (default: 8080)")
    private Optional<Integer> port = Optional.empty();

    @Option(
            names = "--env",
            paramLabel = "K=V",
            description = "a variable; K alone takes the value from this shell's environment")
    private List<String> variables = List.of();

    @Option(names = "--secret", paramLabel = "K=V", description = "a secret variable; likewise")
    private List<String> secrets = List.of();

    @Option(names = "--min-scale", paramLabel = "N", description = "instances kept (default: 0)")
    private Optional<Integer> minScale = Optional.empty();

    @Option(names = "--max-scale", paramLabel = "N", description = "instances at most (default: 5)")
    private Optional<Integer> maxScale = Optional.empty();

    @Option(names = "--memory", paramLabel = "MB", description = "default: 2048")
    private Optional<Long> memory = Optional.empty();

    @Option(
            names = "--mvcpu",
            paramLabel = "N",
            description = "thousandths of a CPU (default: 1000)")
    private Optional<Integer> mvcpu = Optional.empty();

    @Option(
            names = "--private",
            negatable = true,
            arity = "0",
            description = "only callers with a key may call it; --no-private: everybody")
    private Optional<Boolean> isPrivate = Optional.empty();

    @Option(
            names = "--command",
            paramLabel = "TEXT",
            description = "in place of the image's entry point; repeatable")
    private List<String> command = List.of();

    @Option(
            names = "--arg",
            paramLabel = "TEXT",
            description = "in place of the image's command; repeatable")
    private List<String> arguments = List.of();

    @Option(
            names = "--tag",
            paramLabel = "TAG",
            description = "such as dormouse.idle-after=5m; repeatable")
    private List<String> tags = List.of();

    @Spec private CommandSpec spec = CommandSpec.create();

    private final Session session;

    DeployCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ObjectNode body = body();
        Containers containers = session.containers(region);
        JsonNode settled = deploy(containers, body);
        session.tellEndpoint(Containers.readyOrFail(settled));
        return 0;
    }

    private JsonNode deploy(Containers containers, ObjectNode body) {
        JsonNode parent = containers.namespaceMadeIfMissing(namespace);
        Optional<JsonNode> found = containers.container(parent, name);
        if (found.isPresent() && Containers.isDeleting(found.get())) {
            containers.awaitGone(found.get());
            found = Optional.empty();
        }
        return found.isPresent()
                ? containers.update(found.get(), body)
                : containers.create(
                        body.put("namespace_id", Containers.idOf(parent)).put("name", name));
    }

    private ObjectNode body() {
        ObjectNode body = ApiClient.object().put("image", image);
        port.ifPresent(value -> body.put("port", value));
        minScale.ifPresent(value -> body.put("min_scale", value));
        maxScale.ifPresent(value -> body.put("max_scale", value));
        memory.ifPresent(value -> body.put("memory_limit_bytes", value * BYTES_PER_MB));
        mvcpu.ifPresent(value -> body.put("mvcpu_limit", value));
        isPrivate.ifPresent(value -> body.put("privacy", value ? "private" : "public"));
        putVariables(body, "environment_variables", "--env", variables);
        putVariables(body, "secret_environment_variables", "--secret", secrets);
        putTexts(body, "command", command);
        putTexts(body, "args", arguments);
        putTexts(body, "tags", tags);
        return body;
    }

    private void putVariables(ObjectNode body, String key, String option, List<String> given) {
        if (given.isEmpty()) {
            return;
        }
        ObjectNode values = body.putObject(key);
        Map<String, String> environment = session.environment();
        for (String variable : given) {
            int equals = variable.indexOf('=');
            if (equals > 0) {
                values.put(variable.substring(0, equals), variable.substring(equals + 1));
            } else if (environment.containsKey(variable)) {
                values.put(variable, environment.get(variable));
            } else {
                throw new ParameterException(
                        spec.commandLine(),
                        "%s %s: write K=V, or the name of a variable that is set in this shell"
                                .formatted(option, variable));
            }
        }
    }

    private static void putTexts(ObjectNode body, String key, List<String> given) {
        if (!given.isEmpty()) {
            ArrayNode array = body.putArray(key);
            given.forEach(array::add);
        }
    }
}
