package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.util.List;

/** What curl has open: it says what it is told to say, and writes what it hears. */
final class CurlConversation implements Conversation {
    private final Process process;
    private final BufferedReader heard;
    private final BufferedWriter said;
    private final boolean speaks;
    private int lines;

    private CurlConversation(boolean speaks, String... arguments) throws IOException {
        this.process =
                new ProcessBuilder(Curl.command(arguments))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        this.heard = process.inputReader();
        this.said = process.outputWriter();
        this.speaks = speaks;
    }

    /** An upload that is answered while it goes on. */
    static Conversation upload(
            Way way, DormouseProcess server, String host, boolean waitsToBeAskedFor)
            throws IOException {
        String expect = waitsToBeAskedFor ? "Expect: 100-continue" : "Expect:";
        return new CurlConversation(
                true,
                way.call(
                        server,
                        host,
                        "/echo",
                        List.of("--no-buffer", "--upload-file", ".", "--header", expect)));
    }

    /** Events, until the client has enough of them. */
    static Conversation events(Way way, DormouseProcess server, String host) throws IOException {
        return new CurlConversation(
                false,
                way.call(
                        server,
                        host,
                        "/stream?chunks=1000000&ms=50",
                        List.of("--no-buffer", "--header", "Accept: text/event-stream")));
    }

    @Override
    public void goOn() throws IOException {
        if (speaks) {
            said.write("line %d\n".formatted(lines));
            said.flush();
            assertThat(heard.readLine()).isEqualTo("line %d", lines);
        } else {
            assertThat(heard.readLine()).isNotNull();
        }
        lines++;
    }

    @Override
    public void end() throws Exception {
        if (speaks) {
            said.close();
            assertThat(heard.readLine()).isNull();
            assertThat(process.waitFor()).isZero();
        } else {
            process.destroy();
            process.waitFor();
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
