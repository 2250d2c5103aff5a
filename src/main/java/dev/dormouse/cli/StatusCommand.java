package dev.dormouse.cli;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        description = {
            "Tells which containers there are, what runs for them, and why.",
            "With a name: its instances, where the time of its newest starts went, and",
            "the newest decisions too."
        })
final class StatusCommand implements Callable<Integer> {
    private static final int STARTS_SHOWN = 5;
    private static final long MEGABYTE = 1_000_000;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "NAME",
            description = "one container's name")
    private Optional<String> name = Optional.empty();

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            defaultValue = "100",
            description = "how many containers to show at most, 100 without it")
    private int limit = 100;

    private final Session session;

    StatusCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Map<String, String> query = new TreeMap<>(Map.of("limit", Integer.toString(limit)));
        name.ifPresent(one -> query.put("name", one));
        JsonNode answer = session.api().get("/dormouse/v1/status", query);
        JsonNode containers = answer.path("containers");
        if (name.isPresent() && containers.isEmpty()) {
            throw new CommandException("There is no container \"%s\".".formatted(name.get()));
        }
        if (name.isEmpty()) {
            head(answer);
        }
        for (JsonNode container : containers) {
            overview(container);
            if (name.isPresent()) {
                details(container);
            }
        }
        return 0;
    }

    private void head(JsonNode answer) {
        session.console()
                .result(
                        "Dormouse %s at %s, engine %s"
                                .formatted(
                                        answer.path("version").asString("?"),
                                        session.credentials().url(),
                                        answer.path("engine").asString("?")));
        JsonNode engine = answer.path("engine_state");
        if (!engine.path("answers").asBoolean(true)) {
            session.console()
                    .result(
                            "warning: the engine has not answered since %s: %s; what runs is served on, the rest waits for it"
                                    .formatted(
                                            engine.path("since").asString("?"),
                                            engine.path("error").asString("?")));
        }
        answer.path("warnings").forEach(warning -> print("warning: ", warning));
        if (answer.path("containers").isEmpty()) {
            session.console().result("No containers yet; ./dormouse deploy NAME IMAGE makes one.");
            return;
        }
        session.console().result(counts(answer));
    }

    /** Such as {@code "7 containers (1 error, 6 ready), of which 3 are shown"}. */
    private static String counts(JsonNode answer) {
        long total = answer.path("total_count").asLong(0);
        String states =
                answer.path("counts").properties().stream()
                        .filter(one -> one.getValue().asLong(0) > 0)
                        .map(one -> one.getValue().asLong() + " " + one.getKey())
                        .collect(Collectors.joining(", "));
        int shown = answer.path("containers").size();
        return "%d container%s (%s)%s"
                .formatted(
                        total,
                        total == 1 ? "" : "s",
                        states,
                        shown < total
                                ? ", of which %d are shown: status NAME shows any".formatted(shown)
                                : "");
    }

    private void overview(JsonNode container) {
        Console console = session.console();
        console.result("");
        console.result(
                "%s (%s, %s): %s, %s"
                        .formatted(
                                container.path("name").asString(""),
                                container.path("namespace").asString(""),
                                container.path("region").asString(""),
                                Containers.statusOf(container),
                                counted(container.path("instances"))));
        console.result("  " + container.path("public_endpoint").asString(""));
        print("  error: ", container.path("error_message"));
        print("  because ", container.path("because"));
        if (container.path("waits_for_engine").asBoolean(false)) {
            console.result("  waits for the engine to answer");
        }
    }

    private void print(String label, JsonNode text) {
        if (!text.asString("").isBlank()) {
            session.console().result(label + text.asString());
        }
    }

    /** Such as {@code "3 instances (2 ready, 1 starting)"}. */
    private static String counted(JsonNode instances) {
        if (instances.isEmpty()) {
            return "no instance";
        }
        String states =
                StreamSupport.stream(instances.spliterator(), false)
                        .collect(
                                Collectors.groupingBy(
                                        one -> one.path("state").asString("?"),
                                        TreeMap::new,
                                        Collectors.counting()))
                        .entrySet()
                        .stream()
                        .map(one -> one.getValue() + " " + one.getKey())
                        .collect(Collectors.joining(", "));
        return "%d instance%s (%s)"
                .formatted(instances.size(), instances.size() == 1 ? "" : "s", states);
    }

    /** Such as {@code ", 12 MB in memory and 80 MB in swap"}; nothing where it is not told. */
    private static String memory(JsonNode instance) {
        if (!instance.has("memory_bytes")) {
            return "";
        }
        long swapped = instance.path("swapped_bytes").asLong(0) / MEGABYTE;
        return ", %d MB in memory".formatted(instance.path("memory_bytes").asLong(0) / MEGABYTE)
                + (swapped == 0 ? "" : " and %d MB in swap".formatted(swapped));
    }

    /** Such as {@code ", under runsc"}; nothing where it is not known yet. */
    private static String runtime(JsonNode instance) {
        String name = instance.path("runtime").asString("");
        return name.isEmpty() ? "" : ", under " + name;
    }

    private JsonNode starts(JsonNode container) {
        String path =
                "/dormouse/v1/containers/%s/starts".formatted(container.path("id").asString(""));
        return session.api().get(path, Map.of()).path("starts");
    }

    private void details(JsonNode container) {
        Console console = session.console();
        console.result("  " + session.curl(container));
        for (JsonNode instance : container.path("instances")) {
            console.result(
                    "  instance %s: revision %s, %s since %s, %s in flight"
                                    .formatted(
                                            instance.path("id").asString("?"),
                                            instance.path("revision").asString("?"),
                                            instance.path("state").asString("?"),
                                            instance.path("since").asString("?"),
                                            instance.path("in_flight").asString("?"))
                            + runtime(instance)
                            + memory(instance));
        }
        JsonNode starts = starts(container);
        if (!starts.isEmpty()) {
            console.result("  newest starts, in ms:");
            StartsTable.lines(starts, STARTS_SHOWN).forEach(line -> console.result("    " + line));
        }
        if (!container.path("steps").isEmpty()) {
            console.result("  newest decisions:");
            container.path("steps").forEach(step -> console.result("    " + step.asString("")));
        }
    }
}
