package dev.dormouse.cli;

import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;

/**
 * The entry point of the commands that talk to a server; {@code ./dormouse} hands them over. Exit
 * codes: 0 done, 1 failed, 2 wrong usage.
 */
@Command(name = "./dormouse", description = "Talks to a running Dormouse server.")
public final class Cli {
    private static final int FAILED = 1;

    private Cli() {}

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Console console = new Console(writer(System.out), writer(System.err));
        Session session =
                new Session(console, Patience.byDefault(), ApiClient.http(), System.getenv());
        System.exit(commandLine(session).execute(arguments));
    }

    static CommandLine commandLine(Session session) {
        CommandLine commandLine =
                new CommandLine(new Cli())
                        .addSubcommand(new StatusCommand(session))
                        .addSubcommand(new LogsCommand(session))
                        .addSubcommand(new DeployCommand(session))
                        .addSubcommand(new RevisionsCommand(session))
                        .addSubcommand(new RollbackCommand(session))
                        .addSubcommand(new DeleteCommand(session))
                        .addSubcommand(new KeyCommand(session))
                        .addSubcommand(new TrustCommand(session));
        Optional<String> version =
                Optional.ofNullable(Cli.class.getPackage().getImplementationVersion());
        putVersion(commandLine, version.orElse("without a version"));
        return commandLine
                .setOut(session.console().results())
                .setErr(session.console().notes())
                .setColorScheme(new ColorScheme.Builder(Ansi.OFF).build())
                .setExecutionExceptionHandler((e, _, _) -> told(session.console(), e));
    }

    private static void putVersion(CommandLine commandLine, String version) {
        commandLine.getCommandSpec().version("Dormouse " + version);
        commandLine.getSubcommands().values().forEach(one -> putVersion(one, version));
    }

    /** Expected failures are a sentence; anything else is a bug, and its trace helps to mend it. */
    private static int told(Console console, Exception e) {
        switch (e) {
            case CommandException _, ApiException _ -> console.note("dormouse: " + e.getMessage());
            default -> e.printStackTrace(console.notes());
        }
        return FAILED;
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(stream, true, StandardCharsets.UTF_8);
    }
}
