package dev.dormouse.engine.docker;

import com.github.dockerjava.api.model.Info;
import dev.dormouse.engine.Capabilities;
import dev.dormouse.engine.EngineEvent;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Consumer;

/** What can be done once the engine has said what it is. */
record Contact(
        Capabilities capabilities,
        ImageResolver images,
        HostFirewall firewall,
        Runtimes runtimes,
        Remover remover,
        Starter starter,
        Freezer freezer,
        UsageMeter usages,
        DeepSleep deep,
        LimitsWatch limits,
        Sandboxes sandboxes,
        Census census) {
    /**
     * Finds out what the engine can do and how its instances are reached.
     *
     * @param listener told of what is noticed about running instances
     */
    static Contact make(Session session, InstantSource clock, Consumer<EngineEvent> listener) {
        Info info = session.call(() -> session.client().infoCmd().exec());
        EngineFacts facts =
                session.call(() -> EngineFacts.of(info, session.client(), session.serverId()));
        Runtimes runtimes = new Runtimes(session, info.getRawValues());
        Bridges bridges = new Bridges(session);
        HostFirewall firewall =
                HostFirewall.raise(session.settings().firewall(), bridges, session.shortId());
        boolean publish =
                switch (session.settings().reach()) {
                    case ADDRESS -> false;
                    case PORT -> true;
                    case AUTO -> !bridges.areHere();
                };
        CreationRequest request = new CreationRequest(session.settings(), facts, runtimes, publish);
        Freezer freezer = new Freezer(session, runtimes);
        Removal removal = new Removal(session);
        Sandboxes sandboxes =
                sandboxes(
                        session,
                        facts,
                        bridges,
                        removal,
                        publish || runtimes.isGvisor(runtimes.usual().name()));
        Remover remover = new Remover(session, bridges, freezer, removal, sandboxes);
        Starter starter = new Starter(session, bridges, remover, sandboxes, request, clock);
        boolean isHere = !publish && Freezer.isDirect(session.settings());
        DeepSleep deep = new DeepSleep(freezer, new MachineMemory(Path.of("/")), isHere);
        LimitsWatch limits = new LimitsWatch(session, facts, freezer, listener);
        limits.start();
        return new Contact(
                facts.capabilities(isHere, deep.swap(), publish),
                new ImageResolver(session, facts),
                firewall,
                runtimes,
                remover,
                starter,
                freezer,
                new UsageMeter(session),
                deep,
                limits,
                sandboxes,
                new Census(
                        session,
                        bridges,
                        remover,
                        starter::underWay,
                        limits,
                        freezer,
                        sandboxes,
                        runtimes));
    }

    /**
     * A port can only be published by the container that makes the network namespace, and a runtime
     * with a network of its own takes what is in one.
     *
     * @param never whether instances make their own
     */
    private static Sandboxes sandboxes(
            Session session, EngineFacts facts, Bridges bridges, Removal removal, boolean never) {
        Optional<SandboxImage> image = SandboxImage.of(facts.platform());
        boolean arePossible = !never && facts.sharesNetworks() && image.isPresent();
        Sandboxes sandboxes =
                new Sandboxes(
                        session,
                        bridges,
                        new SandboxMaker(session, removal, image),
                        arePossible ? session.settings().sandboxes() : 0);
        sandboxes.start();
        return sandboxes;
    }

    /** Ends what runs by itself. */
    void close() {
        limits.close();
        sandboxes.close();
    }
}
