package dev.dormouse.telemetry;

import dev.dormouse.model.LogLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The kept output of one container: the file that is written, and the one before it. Together they
 * hold at most the bound. A line on disk is time, instance, stream and text, parted by tabs. Not
 * safe on several threads: its owner guards it.
 */
final class LogFile {
    private static final int PARTS = 4;

    private final Path current;
    private final Path previous;
    private final long halfBytes;
    private @Nullable OutputStream out;
    private long written;

    LogFile(Path directory, long mostBytes) {
        this.current = directory.resolve("current.log");
        this.previous = directory.resolve("previous.log");
        this.halfBytes = mostBytes / 2;
    }

    /** Keeps the whole line or, where the disk does not take it, nothing of it. */
    void append(LogLine line) throws IOException {
        String text =
                line.at()
                        + "\t"
                        + line.instanceId()
                        + "\t"
                        + line.stream()
                        + "\t"
                        + line.text()
                        + "\n";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        OutputStream open = open();
        if (written > 0 && written + bytes.length > halfBytes) {
            close();
            Files.move(current, previous, StandardCopyOption.REPLACE_EXISTING);
            open = open();
        }
        try {
            open.write(bytes);
        } catch (IOException e) {
            takeBack();
            throw e;
        }
        written += bytes.length;
    }

    private void takeBack() throws IOException {
        close();
        try (FileChannel file = FileChannel.open(current, StandardOpenOption.WRITE)) {
            file.truncate(written);
        }
    }

    private OutputStream open() throws IOException {
        if (out == null) {
            Files.createDirectories(current.toAbsolutePath().getParent());
            written = Files.exists(current) ? Files.size(current) : 0;
            out =
                    Files.newOutputStream(
                            current, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
        return out;
    }

    /** The newest lines, oldest first. */
    List<LogLine> tail(int lines) throws IOException {
        Deque<LogLine> newest = new ArrayDeque<>();
        readAll(line -> {
            newest.addLast(line);
            if (newest.size() > lines) {
                newest.removeFirst();
            }
        });
        return new ArrayList<>(newest);
    }

    Optional<Instant> lastAt(String instanceId) throws IOException {
        AtomicReference<@Nullable Instant> newest = new AtomicReference<>();
        readAll(line -> {
            if (line.instanceId().equals(instanceId)) {
                newest.set(line.at());
            }
        });
        return Optional.ofNullable(newest.get());
    }

    private void readAll(Consumer<LogLine> to) throws IOException {
        for (Path file : List.of(previous, current)) {
            if (Files.exists(file)) {
                read(file, to);
            }
        }
    }

    private static void read(Path file, Consumer<LogLine> to) throws IOException {
        // Not Files.newBufferedReader: that gives up at a character which a crash cut in two.
        try (BufferedReader reader =
                new BufferedReader(
                        new InputStreamReader(
                                Files.newInputStream(file), StandardCharsets.UTF_8))) {
            reader.lines().forEach(text -> parse(text).ifPresent(to));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A line cut short by a crash is passed over. */
    private static Optional<LogLine> parse(String text) {
        String[] parts = text.split("\t", PARTS);
        if (parts.length < PARTS) {
            return Optional.empty();
        }
        try {
            return Optional.of(new LogLine(Instant.parse(parts[0]), parts[1], parts[2], parts[3]));
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }

    void close() throws IOException {
        try (OutputStream _ = out) {
            out = null;
        }
    }

    void delete() throws IOException {
        close();
        Files.deleteIfExists(current);
        Files.deleteIfExists(previous);
        Files.deleteIfExists(current.toAbsolutePath().getParent());
    }
}
