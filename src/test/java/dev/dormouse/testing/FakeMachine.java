package dev.dormouse.testing;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.engine.ResolvedImage;
import dev.dormouse.engine.Swap;
import dev.dormouse.model.ExactImage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** What several {@link FakeEngine}s share: images and running instances. Safe on any thread. */
final class FakeMachine {
    private final InstantSource clock;
    private final List<FakeEngine> engines = new CopyOnWriteArrayList<>();

    /** All guarded by this object. */
    private final Map<String, String> digestsByReference = new LinkedHashMap<>();

    private final Map<String, FakeProgram> programsByDigest = new LinkedHashMap<>();
    private final Map<String, FakeProgram> registry = new LinkedHashMap<>();
    private final Map<String, EngineException> failuresByReference = new LinkedHashMap<>();
    private final Map<String, FakeProcess> processes = new LinkedHashMap<>();
    private int images;
    private Swap swap = Swap.NONE;
    private int pushedOut = 60;
    private boolean isShort;
    private int cpus = 64;
    private boolean keepsApart;
    private Instant last = Instant.MIN;

    FakeMachine(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void swapsTo(Swap now) {
        swap = now;
    }

    synchronized Swap swap() {
        return swap;
    }

    /** How many hundredths of what an instance holds can be pushed out. */
    synchronized int pushedOut() {
        return pushedOut;
    }

    synchronized void pushesOut(int hundredths) {
        pushedOut = hundredths;
    }

    /** Whether sandbox v2 has a kernel of its own. */
    synchronized boolean keepsApart() {
        return keepsApart;
    }

    synchronized void keepsApart(boolean now) {
        keepsApart = now;
    }

    /** Refuses what no engine would push out. */
    synchronized void checkSinking(FakeProcess process) {
        if (!process.runtime().bearsFreezing()) {
            throw new EngineException(Kind.REFUSED, "its memory is not the machine's to push out");
        }
        if (swap == Swap.NONE) {
            throw new EngineException(Kind.REFUSED, "the machine has no swap that has room");
        }
    }

    synchronized int cpus() {
        return cpus;
    }

    synchronized void cpus(int count) {
        cpus = count;
    }

    synchronized boolean isShort() {
        return isShort;
    }

    synchronized void isShort(boolean now) {
        isShort = now;
    }

    void join(FakeEngine engine) {
        engines.add(engine);
    }

    /** The clock's time, moved on by a microsecond where it stands still: lines differ in time. */
    synchronized Instant now() {
        Instant now = clock.instant();
        last = now.isAfter(last) ? now : last.plusNanos(1_000);
        return last;
    }

    synchronized String putImage(String reference, FakeProgram program) {
        String digest = "sha256:%064x".formatted(++images);
        digestsByReference.put(reference, digest);
        programsByDigest.put(digest, program);
        registry.put(digest, program);
        failuresByReference.remove(reference);
        return digest;
    }

    synchronized void failImage(String reference, EngineException failure) {
        failuresByReference.put(reference, failure);
    }

    synchronized ResolvedImage resolve(String reference) {
        EngineException failure = failuresByReference.get(reference);
        if (failure != null) {
            throw failure;
        }
        String digest = digestsByReference.get(reference);
        if (digest == null) {
            throw new EngineException(
                    Kind.IMAGE,
                    "Image \"%s\" could not be pulled: manifest unknown".formatted(reference));
        }
        return restore(new ExactImage(digest, reference + "@" + digest));
    }

    synchronized ResolvedImage restore(ExactImage image) {
        FakeProgram program =
                programsByDigest.computeIfAbsent(image.id(), digest -> registry.get(digest));
        if (program == null) {
            throw new EngineException(
                    Kind.IMAGE,
                    "Image \"%s\" could not be pulled: manifest unknown"
                            .formatted(image.repositoryDigest()));
        }
        return new ResolvedImage(image.id(), image.repositoryDigest(), "");
    }

    synchronized void prune(String digest) {
        programsByDigest.remove(digest);
    }

    synchronized void withdraw(String digest) {
        registry.remove(digest);
    }

    /** Whether the instance can be created; that its process can be started is another matter. */
    synchronized FakeProgram checkCreation(UUID serverId, InstanceSpec spec) {
        FakeProgram program = programsByDigest.get(spec.image());
        if (program == null) {
            throw new EngineException(Kind.IMAGE, "the engine no longer has the image");
        }
        if (processes.containsKey(key(serverId, spec.instanceId()))) {
            throw new EngineException(
                    Kind.REFUSED,
                    "there is an instance named %s already".formatted(spec.instanceId()));
        }
        return program;
    }

    FakeProcess start(UUID serverId, InstanceSpec spec, FakeEngine engine) {
        FakeProgram program;
        FakeProcess process;
        synchronized (this) {
            program = checkCreation(serverId, spec);
            if (!spec.command().isEmpty() && !spec.command().getFirst().equals("/server")) {
                throw new EngineException(
                        Kind.COMMAND,
                        "exec: \"%s\": executable file not found in $PATH"
                                .formatted(spec.command().getFirst()));
            }
            process = new FakeProcess(this, serverId, spec, now(), engine.whereOf(spec));
            processes.put(key(serverId, spec.instanceId()), process);
        }
        changed(process);
        program.run(process);
        return process;
    }

    synchronized Optional<FakeProcess> find(UUID serverId, String instanceId) {
        return Optional.ofNullable(processes.get(key(serverId, instanceId)));
    }

    synchronized List<FakeProcess> of(UUID serverId) {
        List<FakeProcess> ours = new ArrayList<>(processes.values());
        ours.removeIf(process -> !process.serverId().equals(serverId));
        return ours;
    }

    void remove(FakeProcess process) {
        process.end(new dev.dormouse.engine.Instance.State.Exited(143, false));
        boolean removed;
        synchronized (this) {
            removed =
                    processes.remove(key(process.serverId(), process.spec().instanceId()), process);
        }
        if (removed) {
            changed(process);
        }
    }

    void changed(FakeProcess process) {
        for (FakeEngine engine : engines) {
            engine.tell(process);
        }
    }

    private static String key(UUID serverId, String instanceId) {
        return serverId + "/" + instanceId;
    }
}
