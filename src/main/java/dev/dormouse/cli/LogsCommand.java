package dev.dormouse.cli;

import java.io.UncheckedIOException;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(
        name = "logs",
        mixinStandardHelpOptions = true,
        description = "Prints what a container's processes wrote, oldest first.")
final class LogsCommand implements Callable<Integer> {
    @Mixin private NamedContainer container = new NamedContainer();

    @Option(
            names = {"-f", "--follow"},
            description = "go on with what is written from now on, until interrupted")
    private boolean follow;

    @Option(
            names = {"-n", "--lines"},
            paramLabel = "N",
            description = "how many of the newest lines (default: ${DEFAULT-VALUE})")
    private int lines = 100;

    private final Session session;

    LogsCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        String id = Containers.idOf(container.in(container.among(session)));
        Map<String, String> query =
                Map.of("lines", Integer.toString(lines), "follow", Boolean.toString(follow));
        String path = "/dormouse/v1/containers/" + ApiClient.encoded(id) + "/logs";
        try (Stream<String> answer = session.api().lines(path, query)) {
            answer.filter(line -> !line.isBlank())
                    .map(LogsCommand::told)
                    .forEach(session.console()::result);
        } catch (UncheckedIOException _) {
            throw new CommandException("The server closed the connection.");
        }
        return 0;
    }

    /** One line as people read it: when, which instance, what; errors are marked. */
    private static String told(String line) {
        JsonNode entry = ApiClient.parse(line);
        return "%s %s%s %s"
                .formatted(
                        entry.path("at").asString(""),
                        entry.path("instance").asString(""),
                        entry.path("stream").asString("").equals("stderr") ? " !" : "",
                        entry.path("message").asString(""));
    }
}
