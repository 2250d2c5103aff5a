package dev.dormouse.api;

import dev.dormouse.model.Probe;
import java.util.Optional;

/**
 * Reads a probe. What it leaves out comes from the stored probe, if there is one, else from the
 * document's defaults; but how to check must be said when nothing is stored.
 */
final class ProbeBody {
    private final Fields defaults;

    ProbeBody(Document document) {
        this.defaults = Defaults.of(document, "/components/schemas/Probe");
    }

    /**
     * @param name the argument's name, for errors
     */
    Probe read(String name, Fields fields, Optional<Probe> stored) {
        return new Probe(
                fields.integer("failure_threshold")
                        .filter(threshold -> threshold != 0)
                        .or(() -> stored.map(Probe::failureThreshold))
                        .or(() -> defaults.integer("failure_threshold"))
                        .orElseThrow(),
                fields.duration("interval")
                        .or(() -> stored.map(Probe::interval))
                        .or(() -> defaults.duration("interval"))
                        .orElseThrow(),
                fields.duration("timeout")
                        .or(() -> stored.map(Probe::timeout))
                        .or(() -> defaults.duration("timeout"))
                        .orElseThrow(),
                check(name, fields, stored.map(Probe::check)));
    }

    private static Probe.Check check(String name, Fields fields, Optional<Probe.Check> stored) {
        Optional<Fields> http = fields.object("http");
        if (http.isPresent()) {
            Optional<Probe.Check> kept = stored.filter(check -> check instanceof Probe.Check.Http);
            return http.get()
                    .text("path")
                    .<Probe.Check>map(Probe.Check.Http::new)
                    .or(() -> kept)
                    .orElseThrow(
                            () -> required(name + ".http.path", name + ".http.path is required"));
        }
        return fields.object("tcp")
                .<Probe.Check>map(tcp -> new Probe.Check.Tcp())
                .or(() -> stored)
                .orElseThrow(() -> required(name, name + " needs one of tcp and http"));
    }

    private static Problem required(String name, String help) {
        return Problem.invalidArgument(name, Problem.Reason.REQUIRED, help);
    }
}
