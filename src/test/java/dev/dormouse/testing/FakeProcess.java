package dev.dormouse.testing;

import dev.dormouse.engine.Instance;
import dev.dormouse.engine.Instance.State;
import dev.dormouse.engine.InstanceRuntime;
import dev.dormouse.engine.InstanceSpec;
import dev.dormouse.engine.PushedOut;
import dev.dormouse.engine.Usage;
import dev.dormouse.model.LogLine;
import dev.dormouse.model.Sandbox;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/** One instance in a {@link FakeEngine}, as its own program sees it. Safe on any thread. */
public final class FakeProcess {
    private final FakeMachine machine;
    private final UUID serverId;
    private final InstanceSpec spec;
    private final Instant createdAt;

    /** Guarded by this object, as are the next four. */
    private State state;

    private Usage usage = new Usage(Duration.ZERO, 0, 0);
    private long outBytes;

    private final List<LogLine> written = new ArrayList<>();
    private final List<FakeLogs> followers = new ArrayList<>();

    FakeProcess(
            FakeMachine machine,
            UUID serverId,
            InstanceSpec spec,
            Instant createdAt,
            State.Running where) {
        this.machine = machine;
        this.serverId = serverId;
        this.spec = spec;
        this.createdAt = createdAt;
        this.state = where;
    }

    /** What it was started with. */
    public InstanceSpec spec() {
        return spec;
    }

    /** Writes a line on stdout. */
    public void print(String text) {
        write("stdout", text);
    }

    /** Writes a line on stderr. */
    public void error(String text) {
        write("stderr", text);
    }

    /** Ends by itself. */
    public void exit(int code) {
        end(new State.Exited(code, false));
    }

    /** Is ended for going over its memory limit. */
    public void runOutOfMemory() {
        end(new State.Exited(137, true));
    }

    /** Has computed some more. */
    public synchronized void burn(Duration cpuTime) {
        usage = new Usage(usage.cpuTime().plus(cpuTime), usage.memoryBytes(), usage.chargedBytes());
    }

    /** Holds this much memory from now on, and nothing that could be dropped. */
    public synchronized void hold(long bytes) {
        usage = new Usage(usage.cpuTime(), bytes, bytes);
    }

    synchronized Optional<Usage> usage() {
        return state instanceof State.Running ? Optional.of(usage) : Optional.empty();
    }

    synchronized Instance seen() {
        return new Instance(
                spec.instanceId(),
                spec.containerId(),
                spec.revision(),
                createdAt,
                runtime(),
                state);
    }

    InstanceRuntime runtime() {
        return machine.keepsApart() && spec.sandbox() == Sandbox.V2
                ? new InstanceRuntime("apart", false)
                : new InstanceRuntime("usual", true);
    }

    UUID serverId() {
        return serverId;
    }

    synchronized FakeLogs follow(Instant since, Consumer<LogLine> sink, Runnable whenEnded) {
        FakeLogs logs = new FakeLogs(sink, whenEnded);
        written.stream().filter(line -> !line.at().isBefore(since)).forEach(logs::deliver);
        if (state instanceof State.Running) {
            followers.add(logs);
        } else {
            logs.end();
        }
        return logs;
    }

    /** Whether it stands still. */
    public synchronized boolean isFrozen() {
        return state instanceof State.Running running && running.frozen();
    }

    /** Whether its memory has been pushed out. */
    public synchronized boolean isDeep() {
        return isFrozen() && outBytes > 0;
    }

    /** Pushes so many hundredths of its memory out, if it still stands still. */
    synchronized PushedOut pushOut(int hundredths) {
        if (!isFrozen()) {
            return PushedOut.NOTHING;
        }
        long before = spec.memoryLimitBytes() - outBytes;
        outBytes += before * hundredths / 100;
        return new PushedOut(spec.memoryLimitBytes(), before, spec.memoryLimitBytes() - outBytes);
    }

    synchronized void freeze(boolean still) {
        outBytes = still ? outBytes : 0; // it comes back as it is touched
        if (state instanceof State.Running running) {
            state = new State.Running(running.address(), running.port(), still);
        }
    }

    void end(State.Exited how) {
        synchronized (this) {
            if (state instanceof State.Exited) {
                return;
            }
            state = how;
            followers.forEach(FakeLogs::end);
            followers.clear();
        }
        machine.changed(this);
    }

    private synchronized void write(String stream, String text) {
        LogLine line = new LogLine(machine.now(), spec.instanceId(), stream, text);
        written.add(line);
        followers.forEach(follower -> follower.deliver(line));
    }
}
