package dev.dormouse.engine.docker;

import dev.dormouse.engine.EngineException;
import dev.dormouse.engine.EngineException.Kind;
import dev.dormouse.engine.PushedOut;
import dev.dormouse.engine.Swap;
import dev.dormouse.engine.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * Pushes the memory of instances that stand still out to this machine's swap, piece by piece, for
 * as long as they do: by the second version of control groups as the group gives memory back on
 * request, else process by process. Safe on any thread.
 */
final class DeepSleep {
    /** Several times what a large instance takes; what is left then stays where it is. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    /** What the kernel is at for a millisecond or two. */
    private static final long PIECE_BYTES = 4L << 20;

    private final Freezer freezer;
    private final MachineMemory machine;
    private final boolean isHere;
    private volatile Look look = new Look(Swap.NONE, OptionalLong.empty());

    /** What was found when, by {@link System#nanoTime}. */
    private record Look(Swap found, OptionalLong at) {}

    /**
     * @param isHere whether the engine's machine is this one, and its control groups are ours to
     *     write to
     */
    DeepSleep(Freezer freezer, MachineMemory machine, boolean isHere) {
        this.freezer = freezer;
        this.machine = machine;
        this.isHere = isHere;
    }

    /** As of a second ago at most, for it is asked often. */
    Swap swap() {
        long now = System.nanoTime();
        Look last = look;
        if (last.at().isEmpty() || now - last.at().getAsLong() > LOOK_EVERY.toNanos()) {
            last = new Look(swapNow(), OptionalLong.of(now));
            look = last;
        }
        return last.found();
    }

    private Swap swapNow() {
        return isHere ? machine.swap() : Swap.NONE;
    }

    boolean isShortOfMemory() {
        return isHere && machine.isShort();
    }

    PushedOut pushOut(String instanceId) {
        Optional<String> still = freezer.still(instanceId);
        if (still.isEmpty()) {
            return PushedOut.NOTHING;
        }
        if (freezer.keepsMemory(instanceId)) {
            throw new EngineException(
                    Kind.REFUSED, "its runtime stands still, and keeps its memory, by itself");
        }
        Swap swap = swapNow();
        if (swap == Swap.NONE) {
            throw new EngineException(Kind.REFUSED, "the machine has no swap that has room");
        }
        Pace pace = new Pace(() -> freezer.standsStill(instanceId), LONGEST);
        try {
            Usage before = usage(still.get());
            push(still.get(), swap, pace);
            return new PushedOut(
                    before.chargedBytes() + before.swappedBytes(),
                    held(before),
                    held(usage(still.get())));
        } catch (IOException e) {
            throw new EngineException(Kind.REFUSED, "its memory stays: " + e.getMessage(), e);
        }
    }

    /** What it is charged for, and the memory that what it has in swap takes there. */
    private long held(Usage usage) {
        return usage.chargedBytes() + machine.takenBy(usage.swappedBytes());
    }

    private static Usage usage(String dockerId) throws IOException {
        return UsageMeter.fromKernel(dockerId)
                .orElseThrow(() -> new IOException("the kernel tells nothing of it here"));
    }

    private static void push(String dockerId, Swap swap, Pace pace) throws IOException {
        Optional<Path> second = folder(ControlGroups.second(), dockerId, "memory.reclaim");
        if (second.isPresent()) {
            new Reclaim(second.get(), PIECE_BYTES).push(pace);
            return;
        }
        if (folder(ControlGroups.second(), dockerId, "memory.current").isPresent()) {
            throw new IOException("the kernel is older than 5.19");
        }
        for (long pid : processes(dockerId)) {
            pushProcess(pid, pace);
        }
        Optional<Path> first =
                folder(ControlGroups.first("memory"), dockerId, "memory.force_empty");
        if (swap == Swap.DISK && first.isPresent()) {
            // what is on its way to a disk is charged until somebody looks at it again
            Emptying.of(first.get()).run(pace);
        }
    }

    private static Optional<Path> folder(List<String> places, String dockerId, String file) {
        return places.stream()
                .map(place -> Path.of(place.formatted(dockerId)))
                .filter(folder -> Files.isWritable(folder.resolve(file)))
                .findFirst();
    }

    private static List<Long> processes(String dockerId) throws IOException {
        List<String> places =
                Stream.concat(
                                ControlGroups.first("memory").stream(),
                                ControlGroups.second().stream())
                        .toList();
        Optional<Path> folder = folder(places, dockerId, "cgroup.procs");
        return folder.isEmpty()
                ? List.of()
                : Files.readAllLines(folder.get().resolve("cgroup.procs")).stream()
                        .map(Long::valueOf)
                        .toList();
    }

    private static void pushProcess(long pid, Pace pace) throws IOException {
        try (ProcessMemory memory = ProcessMemory.of(pid)) {
            for (ProcessMemory.Area area : memory.own()) {
                for (ProcessMemory.Area left = area; !left.isEmpty(); ) {
                    ProcessMemory.Area piece = left.first(PIECE_BYTES);
                    if (!pace.goesOn() || !memory.pushOut(piece)) {
                        return;
                    }
                    left = left.after(piece);
                }
            }
        } catch (NoSuchFileException ended) {
            return;
        }
    }
}
