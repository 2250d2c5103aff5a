package dev.dormouse.engine.docker;

import dev.dormouse.engine.Capabilities;
import java.time.InstantSource;

/** What can be done once the engine has said what it is. */
record Contact(
        Capabilities capabilities,
        ImageResolver images,
        HostFirewall firewall,
        Remover remover,
        Starter starter,
        StorageWatch storage,
        Census census) {
    /** Finds out what the engine can do and how its instances are reached. */
    static Contact make(Session session, InstantSource clock) {
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
        Remover remover = new Remover(session, bridges);
        Starter starter = new Starter(session, bridges, remover, request, clock);
        StorageWatch storage = new StorageWatch(session);
        if (!facts.storageLimit()) {
            storage.start();
        }
        return new Contact(
                facts.capabilities(publish),
                new ImageResolver(session, facts),
                firewall,
                remover,
                starter,
                storage,
                new Census(session, bridges, remover, starter::underWay, storage::hasEnded));
    }
}
