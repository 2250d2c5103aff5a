package dev.dormouse.cli;

import java.util.Optional;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** The one container that a command is about, as its user names it. */
final class NamedContainer {
    @Parameters(index = "0", paramLabel = "NAME", description = "the container's name")
    private String name = "";

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "needed if several have a container of that name")
    private Optional<String> namespace = Optional.empty();

    @Option(names = "--region", paramLabel = "NAME", description = "default: SCW_DEFAULT_REGION")
    private Optional<String> region = Optional.empty();

    String name() {
        return name;
    }

    /** The containers of the region it is in. */
    Containers among(Session session) {
        return session.containers(region);
    }

    /**
     * The container itself.
     *
     * @throws CommandException if there is none, or more than one
     */
    JsonNode in(Containers containers) {
        return containers.onlyContainer(namespace, name);
    }
}
