package dev.dormouse.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
        name = "delete",
        mixinStandardHelpOptions = true,
        description = "Deletes a container and returns when it is gone.")
final class DeleteCommand implements Callable<Integer> {
    @Mixin private NamedContainer container = new NamedContainer();

    private final Session session;

    DeleteCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Containers containers = container.among(session);
        containers.delete(container.in(containers));
        session.console().note(container.name() + " is gone");
        return 0;
    }
}
