package io.github.whisperspeedtest.process;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ChannelTest {
    private final BlockingQueue<ChildNotification> notifications = new LinkedBlockingQueue<>();

    @Test
    void acceptsOnlyFirstConnectionWithToken() throws Exception {
        try (Channel channel = new Channel(notifications)) {
            channel.listen();
            Protocol.Bootstrap bootstrap = channel.bootstrapFor("task");
            try (Socket silent = call(bootstrap, "");
                    Socket foreign = call(bootstrap, "0".repeat(Protocol.TOKEN_LENGTH) + "result \"forged\"\n");
                    Socket child = call(bootstrap, bootstrap.token() + "result \"true\"\n")) {
                assertThat(next()).isEqualTo(new ChildNotification.Message("result", "\"true\""));
                assertThat(foreign.getInputStream().read()).isEqualTo(-1);
                try (Socket second = call(bootstrap, bootstrap.token() + "result \"again\"\n")) {
                    assertThat(second.getInputStream().read()).isEqualTo(-1);
                }
                child.shutdownOutput();
                assertThat(next()).isEqualTo(new ChildNotification.Disconnected());
                assertThat(silent.isConnected()).isTrue();
                assertThat(notifications).isEmpty();
            }
        }
    }

    @Test
    void tokensDiffer() throws IOException {
        try (Channel one = new Channel(notifications);
                Channel other = new Channel(notifications)) {
            assertThat(one.bootstrapFor("task").token())
                    .hasSize(Protocol.TOKEN_LENGTH)
                    .isNotEqualTo(other.bootstrapFor("task").token());
        }
    }

    private ChildNotification next() throws InterruptedException {
        return notifications.poll(30, TimeUnit.SECONDS);
    }

    private static Socket call(Protocol.Bootstrap bootstrap, String words) throws IOException {
        Socket socket = new Socket(bootstrap.address(), bootstrap.port());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(words.getBytes(UTF_8));
        return socket;
    }
}
