package dev.dormouse.engine.docker;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The memory of one process, which the kernel pushes out on request: {@code process_madvise} with
 * {@code MADV_PAGEOUT}, on the process that a pidfd names for sure. Used by one thread.
 */
@SuppressWarnings("restricted") // there is no other way to these calls
final class ProcessMemory implements AutoCloseable {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG;
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERROR =
            STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    /** {@code long syscall(long number, ...)}, with as many arguments as the longest takes. */
    private static final MethodHandle CALL =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("syscall"),
                            FunctionDescriptor.of(LONG, LONG, LONG, LONG, LONG, LONG, LONG),
                            Linker.Option.firstVariadicArg(1),
                            Linker.Option.captureCallState("errno"));

    private static final MethodHandle CLOSE =
            Linker.nativeLinker()
                    .downcallHandle(
                            Linker.nativeLinker().defaultLookup().findOrThrow("close"),
                            FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    // The same on every architecture that has them.
    private static final long PIDFD_OPEN = 434;
    private static final long PROCESS_MADVISE = 440;
    private static final long MADV_PAGEOUT = 21;

    private static final int EPERM = 1;
    private static final int ESRCH = 3;
    private static final int EINVAL = 22;
    private static final int ENOSYS = 38;
    private static final long IOVEC_BYTES = 16;

    private final Arena arena = Arena.ofConfined();
    private final MemorySegment state = arena.allocate(STATE);
    private final MemorySegment range = arena.allocate(IOVEC_BYTES, Long.BYTES);
    private final long pid;
    private final long pidfd;

    /** Part of the process's addresses. */
    record Area(long begin, long end) {
        Area first(long most) {
            return new Area(begin, Math.min(end, begin + most));
        }

        Area after(Area first) {
            return new Area(first.end, end);
        }

        boolean isEmpty() {
            return begin >= end;
        }
    }

    private ProcessMemory(long pid) throws IOException {
        this.pid = pid;
        this.pidfd = call(PIDFD_OPEN, pid, 0, 0, 0, 0);
        if (pidfd < 0) {
            int error = (int) ERROR.get(state, 0L);
            arena.close();
            throw error == ESRCH || error == EINVAL
                    ? new NoSuchFileException("/proc/" + pid)
                    : new IOException("no pidfd, error " + error);
        }
    }

    /**
     * Opens that of a process of this machine.
     *
     * @throws NoSuchFileException when there is none
     */
    static ProcessMemory of(long pid) throws IOException {
        return new ProcessMemory(pid);
    }

    /**
     * What is its own: anonymous memory, and what it has written to of files that it mapped for
     * itself. The rest can be read again from its file, and others may share it.
     */
    List<Area> own() throws IOException {
        List<Area> areas = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(pid), "maps"))) {
            String[] columns = line.split(" +", 6);
            String rights = columns[1];
            boolean isAnonymous = columns[4].equals("0");
            boolean mayHold = rights.contains("w") || (isAnonymous && !rights.startsWith("---"));
            if (rights.endsWith("p") && mayHold) {
                String[] ends = columns[0].split("-", 2);
                areas.add(
                        new Area(
                                Long.parseUnsignedLong(ends[0], 16),
                                Long.parseUnsignedLong(ends[1], 16)));
            }
        }
        return areas;
    }

    /**
     * Has what is resident of this area pushed out.
     *
     * @return whether the process is still there
     * @throws IOException when the kernel does not do that for us
     */
    boolean pushOut(Area area) throws IOException {
        range.set(LONG, 0, area.begin());
        range.set(LONG, Long.BYTES, area.end() - area.begin());
        long done = call(PROCESS_MADVISE, pidfd, range.address(), 1, MADV_PAGEOUT, 0);
        int error = done < 0 ? (int) ERROR.get(state, 0L) : 0;
        return switch (error) {
            case EPERM -> throw new IOException("the server may not: it needs CAP_SYS_NICE");
            case ENOSYS -> throw new IOException("the kernel is older than 5.10");
            case ESRCH -> false;
            default -> true; // there are mappings that do not bear it
        };
    }

    private long call(long number, long first, long second, long third, long fourth, long fifth) {
        try {
            return (long) CALL.invokeExact(state, number, first, second, third, fourth, fifth);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() {
        try {
            int _ = (int) CLOSE.invokeExact((int) pidfd);
        } catch (Throwable impossible) {
            throw new IllegalStateException(impossible);
        } finally {
            arena.close();
        }
    }
}
