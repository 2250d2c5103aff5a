package dev.dormouse.gateway;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.vertx.core.http.Http1ServerConfig;
import java.time.Duration;

/** Lets clients' connections in while there are not too many, each through a threshold. */
@Sharable
final class Doorkeeper extends ChannelInboundHandlerAdapter {
    private final Crowd crowd;
    private final Http1ServerConfig http1;
    private final Duration patience;

    /**
     * @param patience how long a connection may take to show what it wants
     */
    Doorkeeper(Crowd crowd, Http1ServerConfig http1, Duration patience) {
        this.crowd = crowd;
        this.http1 = http1;
        this.patience = patience;
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object accepted) {
        Channel client = (Channel) accepted;
        if (!crowd.enter()) {
            client.unsafe().closeForcibly();
            return;
        }
        client.closeFuture().addListener(_ -> crowd.leave());
        client.pipeline().addLast(new Threshold(http1, patience));
        context.fireChannelRead(accepted);
    }
}
