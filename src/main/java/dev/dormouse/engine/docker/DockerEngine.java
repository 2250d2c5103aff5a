package dev.dormouse.engine.docker;

import com.github.dockerjava.api.exception.DockerException;
import dev.dormouse.engine.Capabilities;
import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineEvent;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.engine.ResolvedImage;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.LogLine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * The engine contract over one Docker Engine. Our containers carry labels, by which they are
 * listed, and names made of the instance's id and the server's, by which they are reached; nothing
 * about them is kept here that the engine could not tell again. Safe on any thread.
 */
public final class DockerEngine implements Engine {
    private static final Pattern INSTANCE_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,200}");

    private final Session session;
    private final Capabilities capabilities;
    private final ImageResolver images;
    private final HostFirewall firewall;
    private final Remover remover;
    private final Starter starter;
    private final Census census;
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final Set<Consumer<EngineEvent>> listeners = ConcurrentHashMap.newKeySet();

    private DockerEngine(Session session, InstantSource clock) {
        this.session = session;
        EngineFacts facts =
                session.call(() -> EngineFacts.ask(session.client(), session.serverId()));
        Bridges bridges = new Bridges(session);
        this.firewall =
                HostFirewall.raise(session.settings().firewall(), bridges, session.shortId());
        boolean publish =
                switch (session.settings().reach()) {
                    case ADDRESS -> false;
                    case PORT -> true;
                    case AUTO -> !bridges.areHere();
                };
        this.capabilities = facts.capabilities(publish);
        CreationRequest request = new CreationRequest(session.settings(), facts, publish);
        this.remover = new Remover(session, bridges);
        this.starter = new Starter(session, bridges, remover, request, clock);
        LimitsWatch limits = new LimitsWatch(session, facts, this::tell);
        limits.start();
        subscriptions.add(limits::close);
        this.census = new Census(session, bridges, remover, starter::underWay, limits);
        this.images = new ImageResolver(session, facts);
    }

    /**
     * Connects, and finds out what the engine can do and how its instances are reached.
     *
     * @param serverId marks all that this server creates; kept for ever, so that a restarted server
     *     finds its instances again
     * @throws EngineException of kind UNREACHABLE when there is no engine
     */
    public static DockerEngine connect(
            DockerSettings settings, UUID serverId, InstantSource clock) {
        Session session = Session.open(settings, serverId.toString());
        try {
            return new DockerEngine(session, clock);
        } catch (DockerException e) {
            session.close();
            throw Refusals.general("connecting", e);
        } catch (EngineException e) {
            session.close();
            throw e;
        }
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public List<String> warnings() {
        return firewall.warning().stream().toList();
    }

    @Override
    public ResolvedImage resolve(String image) {
        return images.resolve(image);
    }

    @Override
    public ResolvedImage restore(ExactImage image) {
        return images.restore(image);
    }

    @Override
    public Instance start(InstanceSpec spec) {
        if (!INSTANCE_ID.matcher(spec.instanceId()).matches()) {
            throw new EngineException(
                    Kind.REFUSED, "\"%s\" cannot name an instance".formatted(spec.instanceId()));
        }
        firewall.demand();
        return starter.start(spec);
    }

    @Override
    public void stop(String instanceId, Duration grace) {
        if (INSTANCE_ID.matcher(instanceId).matches()) {
            remover.stop(instanceId, grace);
        }
    }

    @Override
    public List<Instance> list() {
        firewall.review();
        return census.all();
    }

    @Override
    public List<Instance> list(UUID containerId) {
        return census.of(containerId);
    }

    @Override
    public Subscription watch(Consumer<EngineEvent> listener) {
        EventWatch watch =
                new EventWatch(
                        session,
                        listener,
                        ended -> {
                            subscriptions.remove(ended);
                            listeners.remove(listener);
                        });
        subscriptions.add(watch);
        listeners.add(listener);
        watch.start(session.settings().callTimeout());
        return watch;
    }

    private void tell(EngineEvent event) {
        listeners.forEach(listener -> listener.accept(event));
    }

    @Override
    public Subscription logs(
            String instanceId, Instant since, Consumer<LogLine> sink, Runnable whenEnded) {
        if (!INSTANCE_ID.matcher(instanceId).matches()) {
            whenEnded.run();
            return () -> {};
        }
        String name = session.nameOf(instanceId);
        LogLines lines = new LogLines(instanceId, since, LogFollower.guarded(sink));
        LogFollower follower =
                new LogFollower(
                        session.connections().streams(),
                        name,
                        lines,
                        () -> census.isRunning(name),
                        ended -> {
                            subscriptions.remove(ended);
                            whenEnded.run();
                        });
        subscriptions.add(follower);
        follower.start();
        return follower;
    }

    @Override
    public void purge() {
        try {
            remover.purge();
            firewall.remove();
        } catch (DockerException e) {
            throw Refusals.general("removing everything", e);
        }
    }

    @Override
    public void close() {
        subscriptions.forEach(Subscription::close);
        session.close();
    }
}
