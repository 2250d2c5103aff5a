package dev.dormouse.reconcile;

import dev.dormouse.engine.Instance;
import dev.dormouse.model.Probe;
import dev.dormouse.model.Workload;

/**
 * The sentences that a container's owner reads when something went wrong. They begin as the real
 * platform's do, so that whoever looks for those finds them, and go on to say why.
 */
final class Words {
    private static final int SIGNAL_BASE = 128;
    private static final int SIGNAL_MAX = 64;

    /** SIGXFSZ: a file would have become larger than any may. */
    private static final int SIGNAL_FILE_SIZE = 25;

    private Words() {}

    /** The container did not come up. */
    static String notServing(Workload workload, String why) {
        Probe decisive = workload.startupProbe().orElse(workload.livenessProbe());
        return notServing(workload.port(), decisive.check(), why);
    }

    /** The container did not come up, as this check found. */
    static String notServing(int port, Probe.Check check, String why) {
        String sentence =
                switch (check) {
                    case Probe.Check.Tcp() ->
                            "Container is unable to start OR is not listening on port %d"
                                    .formatted(port);
                    case Probe.Check.Http(String path) ->
                            "Container is unable to start OR does not respond to HTTP requests on port %d and path %s"
                                    .formatted(port, path);
                };
        return sentence + ": " + why;
    }

    /** How its process ended. */
    static String ended(Instance.State.Exited exit, Workload workload) {
        if (exit.outOfMemory()) {
            return "the process went over its memory limit of %d MB and was ended"
                    .formatted(workload.memoryLimitBytes() / 1_000_000);
        }
        int signal = exit.exitCode() - SIGNAL_BASE;
        if (exit.outOfStorage() || signal == SIGNAL_FILE_SIZE) {
            return "the process went over its limit of local storage of %d MB and was ended"
                    .formatted(workload.localStorageLimitBytes() / 1_000_000);
        }
        return signal > 0 && signal <= SIGNAL_MAX
                ? "the process was ended by signal %d (exit code %d)"
                        .formatted(signal, exit.exitCode())
                : "the process exited with code %d".formatted(exit.exitCode());
    }
}
