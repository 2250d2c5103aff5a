package dev.dormouse.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "rollback",
        mixinStandardHelpOptions = true,
        description = {
            "Rolls out what an earlier revision ran, and waits until it serves.",
            "",
            "Its image by digest, command, variables, secrets, limits and probes come back; scale,"
                    + " timeout and privacy stay. If it does not become ready, what serves now goes on."
        })
final class RollbackCommand implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "NAME", description = "the container's name")
    private String name = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "REVISION",
            description =
                    "its number, as ./dormouse revisions lists it (default: the newest that served"
                            + " before the newest change)")
    private Optional<Integer> revision = Optional.empty();

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "needed if several have a container of that name")
    private Optional<String> namespace = Optional.empty();

    @Option(names = "--region", paramLabel = "NAME", description = "default: SCW_DEFAULT_REGION")
    private Optional<String> region = Optional.empty();

    private final Session session;

    RollbackCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Containers containers = session.containers(region);
        var settled = containers.rollback(containers.onlyContainer(namespace, name), revision);
        session.console()
                .result(Containers.readyOrFail(settled).path("public_endpoint").asString(""));
        return 0;
    }
}
