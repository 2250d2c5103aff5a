package dev.dormouse.api;

import dev.dormouse.model.Service;
import dev.dormouse.model.Workload;
import java.util.ArrayList;
import java.util.List;

/** What must hold between two fields, which no schema of one field can say. */
final class ContainerChecks {
    private static final long BYTES_PER_MVCPU_MIN = 1_000_000;
    private static final long BYTES_PER_MVCPU_MAX = 4_000_000;

    private final ApiSettings.Pairing pairing;

    ContainerChecks(ApiSettings.Pairing pairing) {
        this.pairing = pairing;
    }

    /**
     * @throws Problem naming everything that does not go together
     */
    void check(Workload workload, Service service) {
        List<Problem.Detail> details = new ArrayList<>();
        if (service.minScale() > service.maxScale()) {
            details.add(
                    new Problem.Detail(
                            "min_scale",
                            Problem.Reason.CONSTRAINT,
                            "min_scale %d is more than max_scale %d"
                                    .formatted(service.minScale(), service.maxScale())));
        }
        if (pairing == ApiSettings.Pairing.BOUND) {
            checkPairing(workload, details);
        }
        if (!details.isEmpty()) {
            throw Problem.invalidArguments(details);
        }
    }

    private static void checkPairing(Workload workload, List<Problem.Detail> details) {
        long least = workload.mvcpuLimit() * BYTES_PER_MVCPU_MIN;
        long most = workload.mvcpuLimit() * BYTES_PER_MVCPU_MAX;
        if (workload.memoryLimitBytes() < least || workload.memoryLimitBytes() > most) {
            details.add(
                    new Problem.Detail(
                            "memory_limit_bytes",
                            Problem.Reason.CONSTRAINT,
                            "%d mvCPU require a minimum of %d MB and a maximum of %d MB of memory"
                                    .formatted(
                                            workload.mvcpuLimit(),
                                            least / 1_000_000,
                                            most / 1_000_000)));
        }
    }
}
