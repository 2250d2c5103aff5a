package dev.dormouse.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Deletes a container and returns when it is gone.")
final class DeleteCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAME", description = "the container's name")
    private String name = "";

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "needed if several have a container of that name")
    private Optional<String> namespace = Optional.empty();

    @Option(names = "--region", paramLabel = "NAME", description = "default: SCW_DEFAULT_REGION")
    private Optional<String> region = Optional.empty();

    private final Session session;

    DeleteCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Containers containers = session.containers(region);
        containers.delete(containers.onlyContainer(namespace, name));
        session.console().note(name + " is gone");
        return 0;
    }
}
