package dev.dormouse.engine.docker;

import com.github.dockerjava.api.exception.DockerException;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.GvisorReport;
import dev.dormouse.engine.InstanceRuntime;
import dev.dormouse.model.Sandbox;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's runtimes, and under which of them an instance runs. Safe on any thread.
 *
 * <p>A runtime that the settings ask for is never made up for by another: who wants instances kept
 * from the kernel is better served by none.
 */
final class Runtimes {
    private static final Logger LOG = LoggerFactory.getLogger(Runtimes.class);
    private static final String USUAL = "runc";
    private static final String GVISOR = "runsc";

    /** Begins the name of what an engine need not list to have it. */
    private static final String SHIM = "io.containerd.";

    /**
     * Without it, the programs' files are in one file of the runtime's, of which the size is no
     * measure.
     */
    private static final String FILES_STAY_FILES = "overlay2=none";

    private final Session session;
    private final Optional<String> wanted;
    private volatile Known known;

    /**
     * What an engine has.
     *
     * @param usual the runtime of containers that ask for none
     * @param programs by the names of its runtimes
     */
    private record Known(String usual, Map<String, Program> programs) {
        static Known of(Map<String, Object> raw) {
            Map<String, Program> programs = new TreeMap<>();
            if (raw.get("Runtimes") instanceof Map<?, ?> all) {
                all.forEach((name, told) ->
                        programs.put(
                                String.valueOf(name),
                                Program.of(told instanceof Map<?, ?> one ? one : Map.of())));
            }
            return new Known(
                    raw.get("DefaultRuntime") instanceof String name ? name : "", programs);
        }

        boolean isGvisor(String name) {
            return name.contains(GVISOR)
                    || Optional.ofNullable(programs.get(name))
                            .filter(Program::isGvisor)
                            .isPresent();
        }
    }

    /**
     * What a runtime is.
     *
     * @param file its file, without the folder; empty if it is none
     * @param type what newer engines tell in place of that, such as {@code io.containerd.runsc.v1}
     */
    private record Program(String file, String type, List<String> arguments) {
        static Program of(Map<?, ?> told) {
            Path path = Path.of(told.get("path") instanceof String text ? text : "");
            return new Program(
                    String.valueOf(path.getFileName()),
                    told.get("runtimeType") instanceof String text ? text : "",
                    told.get("runtimeArgs") instanceof Collection<?> all
                            ? all.stream().map(String::valueOf).toList()
                            : List.of());
        }

        boolean isGvisor() {
            return file.startsWith(GVISOR) || type.contains(GVISOR);
        }

        String shown() {
            return file.isEmpty() ? type : file;
        }
    }

    /**
     * @param info what the engine says of itself, as it says it
     */
    Runtimes(Session session, Map<String, Object> info) {
        this.session = session;
        this.wanted = session.settings().gvisor();
        this.known = Known.of(info);
        warning().ifPresent(LOG::warn);
    }

    /** What the engine is told; empty for what it takes by itself. */
    Optional<String> toAskFor(Sandbox sandbox) {
        Known now = known;
        if (wanted.isEmpty()) {
            return Optional.empty();
        }
        if (sandbox == Sandbox.V2) {
            return wanted;
        }
        return isGvisor(now.usual()) ? Optional.of(USUAL) : Optional.empty();
    }

    /** What an instance runs under. */
    String of(Sandbox sandbox) {
        return toAskFor(sandbox).orElseGet(() -> known.usual());
    }

    /** The same of one that is there. */
    InstanceRuntime named(String name) {
        return new InstanceRuntime(name, !isGvisor(name));
    }

    /** What an instance runs under of which nobody wrote it down. */
    InstanceRuntime usual() {
        return named(known.usual());
    }

    /** Whether it has a kernel of its own, network and all, which the machine's cannot freeze. */
    boolean isGvisor(String name) {
        return wanted.filter(name::equals).isPresent() || known.isGvisor(name);
    }

    /** Whether what is written under this runtime can be measured. */
    boolean seesWrites(String name) {
        return !isGvisor(name)
                || Optional.ofNullable(known.programs().get(name)).stream()
                        .flatMap(program -> program.arguments().stream())
                        .anyMatch(argument -> argument.endsWith(FILES_STAY_FILES));
    }

    /**
     * Does nothing unless the sandbox cannot be had as it is asked for.
     *
     * @throws EngineException of kind REFUSED then
     */
    void demand(Sandbox sandbox) {
        if (sandbox == Sandbox.V2 && gap().isPresent()) {
            review();
            gap().ifPresent(why -> {
                throw new EngineException(Kind.REFUSED, refusal(why));
            });
        }
    }

    /** Asks again what the engine has, if anybody wants something of it. */
    void review() {
        if (wanted.isEmpty()) {
            return;
        }
        boolean wasMissing = gap().isPresent();
        try {
            known = Known.of(session.call(() -> session.client().infoCmd().exec()).getRawValues());
        } catch (DockerException | EngineException e) {
            LOG.atDebug().setCause(e).log("the engine does not tell its runtimes");
            return;
        }
        if (wasMissing && gap().isEmpty()) {
            LOG.info("the engine has the runtime of sandbox v2 runtime={}", wanted.orElse(""));
        }
    }

    /** What does not hold and should, for the operator. */
    Optional<String> warning() {
        return gap().map(Runtimes::refusal)
                .or(() -> wanted.filter(name -> !seesWrites(name)).map(Runtimes::unmeasured));
    }

    private static String refusal(String why) {
        return "nothing with sandbox v2 is started: %s (%s)".formatted(why, DockerSettings.GVISOR);
    }

    private static String unmeasured(String name) {
        return "local_storage_limit_bytes binds single files alone under %s, which is not given --%s"
                .formatted(name, FILES_STAY_FILES);
    }

    /** Why sandbox v2 cannot be had as it is asked for. */
    private Optional<String> gap() {
        return wanted.flatMap(this::gap);
    }

    /** What cannot be told for gVisor may share the kernel, and is not taken for it. */
    private Optional<String> gap(String name) {
        Known now = known;
        Program program = now.programs().get(name);
        if (program != null) {
            return program.isGvisor()
                    ? Optional.empty()
                    : Optional.of(
                            "its runtime %s is %s, not %s"
                                    .formatted(name, program.shown(), GVISOR));
        }
        return name.startsWith(SHIM) && name.contains(GVISOR)
                ? Optional.empty()
                : Optional.of(
                        "the engine has no runtime %s, only %s"
                                .formatted(name, String.join(", ", now.programs().keySet())));
    }

    /** The same for the doctor. */
    GvisorReport report() {
        Known now = known;
        return new GvisorReport(
                wanted,
                gap(),
                now.programs().keySet().stream().filter(now::isGvisor).toList(),
                of(Sandbox.V1),
                wanted.filter(name -> !seesWrites(name)).isEmpty());
    }
}
