package dev.dormouse.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

@Command(
        name = "revisions",
        mixinStandardHelpOptions = true,
        description = "Lists what was rolled out of a container, newest first.")
final class RevisionsCommand implements Callable<Integer> {
    @Mixin private NamedContainer container = new NamedContainer();

    private final Session session;

    RevisionsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Containers containers = container.among(session);
        containers.revisions(container.in(containers)).forEach(this::print);
        return 0;
    }

    private void print(JsonNode revision) {
        Console console = session.console();
        console.result(
                "%s  %s  %-10s  %s"
                        .formatted(
                                revision.path("number").asString("?"),
                                revision.path("created_at").asString("?"),
                                revision.path("state").asString("?"),
                                revision.path("image").asString("")));
        print("digest", revision.path("digest"));
        print("reason", revision.path("reason"));
        print("error", revision.path("message"));
    }

    private void print(String label, JsonNode text) {
        if (!text.asString("").isBlank()) {
            session.console().result("   " + label + ": " + text.asString());
        }
    }
}
