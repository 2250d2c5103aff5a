package dev.dormouse.doctor;

import dev.dormouse.engine.GvisorReport;

/** Whether gVisor keeps instances from the kernel, what that costs, and how to have it. */
final class GvisorAdvice {
    private static final String ABOUT = "gVisor";
    private static final String SETTING = "DORMOUSE_DOCKER_GVISOR";
    private static final String HOW =
            "{\"runtimes\": {\"%s\": {\"path\": \"/usr/local/bin/runsc\", \"runtimeArgs\":"
                    + " [\"--overlay2=none\"]}}}";

    private GvisorAdvice() {}

    static Finding of(GvisorReport report) {
        return report.wanted().map(name -> wanted(name, report)).orElseGet(() -> off(report));
    }

    private static Finding off(GvisorReport report) {
        String says =
                "it is not in use: sandbox v2 runs under %s like v1".formatted(report.otherwise());
        return new Finding.Ok(
                ABOUT,
                report.known().isEmpty()
                        ? says
                        : says
                                + "; %s=%s would change that"
                                        .formatted(SETTING, report.known().getFirst()));
    }

    private static Finding wanted(String name, GvisorReport report) {
        if (report.gap().isPresent()) {
            return new Finding.Failure(
                    ABOUT,
                    "nothing with sandbox v2 is started: " + report.gap().get(),
                    "put %s into /etc/docker/daemon.json and reload the engine, or unset %s"
                            .formatted(HOW.formatted(name), SETTING));
        }
        String says =
                "sandbox v2 runs under %s, v1 under %s; v2 starts more slowly, is frozen by the engine's pause and keeps all of its memory then"
                        .formatted(name, report.otherwise());
        return report.seesWrites()
                ? new Finding.Ok(ABOUT, says)
                : new Finding.Warning(
                        ABOUT,
                        says
                                + "; what it writes cannot be measured, so that local_storage_limit_bytes binds single files alone",
                        "put %s into /etc/docker/daemon.json and reload the engine"
                                .formatted(HOW.formatted(name)));
    }
}
