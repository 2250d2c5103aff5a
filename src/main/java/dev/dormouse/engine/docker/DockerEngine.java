package dev.dormouse.engine.docker;

import com.github.dockerjava.api.exception.DockerException;
import dev.dormouse.engine.Capabilities;
import dev.dormouse.engine.Engine;
import dev.dormouse.engine.EngineEvent;
import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.EngineHealth;
import dev.dormouse.engine.Instance;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.engine.PushedOut;
import dev.dormouse.engine.ResolvedImage;
import dev.dormouse.engine.Usage;
import dev.dormouse.model.ExactImage;
import dev.dormouse.model.LogLine;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine contract over one Docker Engine. Our containers carry labels, by which they are
 * listed, and names made of the instance's id and the server's, by which they are reached; nothing
 * about them is kept here that the engine could not tell again. Safe on any thread.
 */
public final class DockerEngine implements Engine {
    private static final Logger LOG = LoggerFactory.getLogger(DockerEngine.class);
    private static final Pattern INSTANCE_ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9-]{0,200}");

    private final Session session;
    private final InstantSource clock;
    private final AtomicReference<Optional<Contact>> contact =
            new AtomicReference<>(Optional.empty());
    private final Thread introduction =
            Thread.ofVirtual().name("docker-introduction").unstarted(this::introduce);
    private final Set<Subscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final Set<Consumer<EngineEvent>> listeners = ConcurrentHashMap.newKeySet();

    private DockerEngine(Session session, InstantSource clock) {
        this.session = session;
        this.clock = clock;
    }

    /**
     * Opens what may not answer yet: it is tried until it does, and every call fails until then.
     *
     * @param serverId marks all that this server creates; kept for ever, so that a restarted server
     *     finds its instances again
     */
    public static DockerEngine open(DockerSettings settings, UUID serverId, InstantSource clock) {
        DockerEngine engine =
                new DockerEngine(Session.open(settings, serverId.toString(), clock), clock);
        engine.introduction.start();
        return engine;
    }

    /**
     * The same for callers to whom an engine that does not answer now is of no use.
     *
     * @throws EngineException of kind UNREACHABLE when there is no engine
     */
    public static DockerEngine connect(
            DockerSettings settings, UUID serverId, InstantSource clock) {
        Session session = Session.open(settings, serverId.toString(), clock);
        DockerEngine engine = new DockerEngine(session, clock);
        try {
            engine.meet();
            return engine;
        } catch (EngineException e) {
            session.close();
            throw e;
        }
    }

    private void meet() {
        try {
            contact.set(Optional.of(Contact.make(session, clock, this::tell)));
        } catch (DockerException e) {
            throw Refusals.general("connecting", e);
        }
    }

    private void introduce() {
        Backoff backoff = new Backoff(Duration.ofMillis(50), Duration.ofSeconds(1));
        try {
            while (contact.get().isEmpty()) {
                try {
                    meet();
                } catch (EngineException e) {
                    LOG.debug("the container engine is not known yet", e);
                    backoff.pause();
                } catch (RuntimeException e) {
                    LOG.error("the container engine cannot be understood", e);
                    backoff.pause();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Contact contact() {
        return contact.get()
                .orElseThrow(() -> {
                    String because = session.pulse().state().because();
                    return new EngineException(
                            Kind.UNREACHABLE,
                            because.isEmpty()
                                    ? "the container engine has not answered yet"
                                    : "the container engine cannot be reached: " + because);
                });
    }

    @Override
    public EngineHealth health() {
        Pulse.State seen = session.pulse().state();
        return new EngineHealth(
                contact.get()
                        .map(known -> known.capabilities().description())
                        .orElseGet(() -> "Docker Engine at " + session.settings().host()),
                seen.answers(),
                seen.since(),
                seen.because());
    }

    @Override
    public Capabilities capabilities() {
        Contact known = contact();
        return known.capabilities().withSwap(known.deep().swap());
    }

    @Override
    public List<String> warnings() {
        return contact.get().stream()
                .flatMap(known -> Stream.of(known.firewall().warning(), known.runtimes().warning()))
                .flatMap(Optional::stream)
                .toList();
    }

    @Override
    public ResolvedImage resolve(String image) {
        return contact().images().resolve(image);
    }

    @Override
    public ResolvedImage restore(ExactImage image) {
        return contact().images().restore(image);
    }

    @Override
    public Instance start(InstanceSpec spec, Runnable whenCreated) {
        if (!INSTANCE_ID.matcher(spec.instanceId()).matches()) {
            throw new EngineException(
                    Kind.REFUSED, "\"%s\" cannot name an instance".formatted(spec.instanceId()));
        }
        Contact known = contact();
        known.firewall().demand();
        known.runtimes().demand(spec.sandbox());
        try {
            return known.starter().start(spec, whenCreated);
        } finally {
            known.limits().awakens();
        }
    }

    @Override
    public void freeze(String instanceId) {
        contact().freezer().freeze(instanceId);
    }

    @Override
    public void thaw(String instanceId) {
        Contact known = contact();
        known.freezer().thaw(instanceId);
        known.limits().awakens();
    }

    @Override
    public Usage usage(String instanceId) {
        return contact().usages().read(instanceId);
    }

    @Override
    public PushedOut pushOut(String instanceId) {
        return contact().deep().pushOut(instanceId);
    }

    @Override
    public boolean isShortOfMemory() {
        return contact.get().filter(known -> known.deep().isShortOfMemory()).isPresent();
    }

    @Override
    public void stop(String instanceId, Duration grace) {
        if (INSTANCE_ID.matcher(instanceId).matches()) {
            contact().remover().stop(instanceId, grace);
        }
    }

    @Override
    public List<Instance> list() {
        Contact known = contact();
        known.firewall().review();
        known.runtimes().review();
        List<Instance> all = known.census().all();
        known.usages().keep(all.stream().map(Instance::id).toList());
        return all;
    }

    @Override
    public List<Instance> list(UUID containerId) {
        return contact().census().of(containerId);
    }

    @Override
    public Subscription watch(Consumer<EngineEvent> listener) {
        EventWatch watch =
                new EventWatch(
                        session,
                        listener,
                        id -> contact.get().flatMap(known -> known.sandboxes().died(id)),
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
                        () -> contact().census().isRunning(name),
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
            contact().remover().purge();
            contact().firewall().remove();
        } catch (DockerException e) {
            throw Refusals.general("removing everything", e);
        }
    }

    @Override
    public void close() {
        introduction.interrupt();
        subscriptions.forEach(Subscription::close);
        contact.get().ifPresent(Contact::close);
        session.close();
    }
}
