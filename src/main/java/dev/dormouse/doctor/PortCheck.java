package dev.dormouse.doctor;

import dev.dormouse.config.Listen;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Whether an address can be listened on, or is held by the server already. */
final class PortCheck implements Check {
    private final String about;
    private final String setting;
    private final Listen listen;
    private final BooleanSupplier isHeldByServer;

    /**
     * @param setting the name of the setting that says where to listen
     * @param isHeldByServer asked only when the port is taken
     */
    PortCheck(String about, String setting, Listen listen, BooleanSupplier isHeldByServer) {
        this.about = about;
        this.setting = setting;
        this.listen = listen;
        this.isHeldByServer = isHeldByServer;
    }

    @Override
    public List<Finding> look() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(listen.host(), listen.port()));
            return List.of(new Finding.Ok(about, listen + " is free"));
        } catch (BindException e) {
            return List.of(refused(String.valueOf(e.getMessage())));
        } catch (IOException | RuntimeException e) {
            return List.of(
                    new Finding.Failure(
                            about,
                            "%s cannot be listened on: %s".formatted(listen, e),
                            "set %s to an address of this machine".formatted(setting)));
        }
    }

    private Finding refused(String words) {
        if (words.contains("in use")) {
            return isHeldByServer.getAsBoolean()
                    ? new Finding.Ok(about, listen + " is held by this data folder's server")
                    : new Finding.Failure(
                            about,
                            "%s is taken by another program".formatted(listen),
                            "\"ss -ltnp sport = :%d\" tells by which; end it, or set %s"
                                    .formatted(listen.port(), setting));
        }
        if (words.contains("denied")) {
            return new Finding.Failure(
                    about,
                    "%s may not listen on %s".formatted(System.getProperty("user.name"), listen),
                    "run as root, or set %s to a port above 1023".formatted(setting));
        }
        return new Finding.Failure(
                about,
                "%s cannot be listened on: %s".formatted(listen, words),
                "set %s to an address of this machine".formatted(setting));
    }
}
