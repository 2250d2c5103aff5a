package dev.dormouse.testing;

import java.time.Duration;

/** What an image in a {@link FakeEngine} does when an instance of it starts. */
@FunctionalInterface
public interface FakeProgram {
    /** Called on the thread that starts the instance, before {@code start} returns. */
    void run(FakeProcess process);

    /** Runs until it is told otherwise. */
    static FakeProgram server() {
        return process -> {};
    }

    /**
     * Understands the arguments of the real test server that say what to write, what to use and how
     * to end: {@code print=}, {@code error=}, {@code part=}, {@code lines=}, {@code long=}, {@code
     * burn=}, {@code allocate=}, {@code exit=}.
     */
    static FakeProgram byArguments() {
        return process -> {
            for (String argument : process.spec().args()) {
                String value = argument.substring(argument.indexOf('=') + 1);
                switch (argument.substring(0, argument.length() - value.length())) {
                    case "print=", "part=" -> process.print(value);
                    case "long=" -> process.print("x".repeat(Integer.parseInt(value)));
                    case "error=" -> process.error(value);
                    case "lines=" -> {
                        for (int i = 0; i < Integer.parseInt(value); i++) {
                            process.print("line " + i);
                        }
                    }
                    case "burn=" -> process.burn(Duration.ofMillis(Long.parseLong(value)));
                    case "allocate=" -> process.hold(Long.parseLong(value) << 20);
                    case "exit=" -> process.exit(Integer.parseInt(value));
                    default -> {}
                }
            }
        };
    }
}
