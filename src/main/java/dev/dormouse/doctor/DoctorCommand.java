package dev.dormouse.doctor;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.Help.ColorScheme;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code dormouse doctor}: prints what was found; exit code 1 if anything failed. */
@Command(
        name = "./dormouse doctor",
        mixinStandardHelpOptions = true,
        description = {
            "Looks at what a server needs of its machine (engine, kernel, data folder, ports, DNS)",
            "and says for each finding what to do. The server may be up or down.",
            "Exit code 1 if anything failed."
        })
public final class DoctorCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    private enum Form {
        HUMAN,
        JSON
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORM",
            defaultValue = "human",
            description = "human or json")
    private Form form = Form.HUMAN;

    private final Doctor doctor;

    private DoctorCommand(Doctor doctor) {
        this.doctor = doctor;
    }

    /** Runs it and gives its exit code. */
    public static int run(Doctor doctor, PrintWriter out, PrintWriter err, String... arguments) {
        return new CommandLine(new DoctorCommand(doctor))
                .setOut(out)
                .setErr(err)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setColorScheme(new ColorScheme.Builder(Ansi.OFF).build())
                .execute(arguments);
    }

    @Override
    public Integer call() {
        List<Finding> findings = doctor.examine();
        boolean isWell = findings.stream().noneMatch(Finding.Failure.class::isInstance);
        PrintWriter out = spec.commandLine().getOut();
        switch (form) {
            case HUMAN -> findings.forEach(finding -> print(finding, out));
            case JSON -> out.println(JSON.writeValueAsString(json(findings, isWell)));
        }
        return isWell ? 0 : 1;
    }

    private static void print(Finding finding, PrintWriter out) {
        out.println(
                String.format(
                        Locale.ROOT,
                        "%-8s %s: %s",
                        finding.level(),
                        finding.about(),
                        finding.says()));
        finding.toDo().ifPresent(advice -> out.println("         -> " + advice));
    }

    private static ObjectNode json(List<Finding> findings, boolean isWell) {
        ObjectNode json = JSON.createObjectNode().put("ok", isWell);
        ArrayNode array = json.putArray("findings");
        for (Finding finding : findings) {
            ObjectNode one =
                    array.addObject()
                            .put("level", finding.level())
                            .put("about", finding.about())
                            .put("says", finding.says());
            finding.toDo().ifPresent(advice -> one.put("advice", advice));
        }
        return json;
    }
}
