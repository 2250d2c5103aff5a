package dev.dormouse.cli;

import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
    @Mixin private NamedContainer container = new NamedContainer();

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "REVISION",
            description =
                    "its number, as ./dormouse revisions lists it (default: the newest that served"
                            + " before the newest change)")
    private Optional<Integer> revision = Optional.empty();

    private final Session session;

    RollbackCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Containers containers = container.among(session);
        var settled = containers.rollback(container.in(containers), revision);
        session.tellEndpoint(Containers.readyOrFail(settled));
        return 0;
    }
}
