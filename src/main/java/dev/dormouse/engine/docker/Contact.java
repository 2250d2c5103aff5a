package dev.dormouse.engine.docker;

import dev.dormouse.engine.Capabilities;
import dev.dormouse.engine.EngineEvent;
import java.time.InstantSource;
import java.util.function.Consumer;

/** What can be done once the engine has said what it is. */
record Contact(
        Capabilities capabilities,
        ImageResolver images,
        HostFirewall firewall,
        Remover remover,
        Starter starter,
        Freezer freezer,
        UsageMeter usages,
        LimitsWatch limits,
        Census census) {
    /**
     * Finds out what the engine can do and how its instances are reached.
     *
     * @param listener told of what is noticed about running instances
     */
    static Contact make(Session session, InstantSource clock, Consumer<EngineEvent> listener) {
        EngineFacts facts =
                session.call(() -> EngineFacts.ask(session.client(), session.serverId()));
        Bridges bridges = new Bridges(session);
        HostFirewall firewall =
                HostFirewall.raise(session.settings().firewall(), bridges, session.shortId());
        boolean publish =
                switch (session.settings().reach()) {
                    case ADDRESS -> false;
                    case PORT -> true;
                    case AUTO -> !bridges.areHere();
                };
        CreationRequest request = new CreationRequest(session.settings(), facts, publish);
        Freezer freezer = new Freezer(session);
        Remover remover = new Remover(session, bridges, freezer);
        Starter starter = new Starter(session, bridges, remover, request, clock);
        LimitsWatch limits = new LimitsWatch(session, facts, freezer, listener);
        limits.start();
        return new Contact(
                facts.capabilities(!publish && Freezer.isDirect(session.settings()), publish),
                new ImageResolver(session, facts),
                firewall,
                remover,
                starter,
                freezer,
                new UsageMeter(session),
                limits,
                new Census(session, bridges, remover, starter::underWay, limits, freezer));
    }
}
