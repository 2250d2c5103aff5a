package dev.dormouse.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;

/** More than fits the buffers on its way, read a little at a time. */
final class Download implements Conversation {
    private static final long MEGABYTES = 256;
    private static final int PIECE = 1 << 20;

    private final InputStream body;
    private long read;

    Download(DormouseProcess server, String host) throws IOException, InterruptedException {
        this.body =
                server.http()
                        .send(
                                server.endpoint(host, "/zeros?mb=" + MEGABYTES).build(),
                                HttpResponse.BodyHandlers.ofInputStream())
                        .body();
    }

    @Override
    public void goOn() throws IOException {
        assertThat(body.readNBytes(PIECE)).hasSize(PIECE);
        read += PIECE;
    }

    @Override
    public void end() throws IOException {
        read += body.transferTo(java.io.OutputStream.nullOutputStream());
        assertThat(read).isEqualTo(MEGABYTES << 20);
    }

    @Override
    public void close() {
        try {
            body.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
