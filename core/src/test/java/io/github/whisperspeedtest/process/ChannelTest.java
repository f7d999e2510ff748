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
    private final BlockingQueue<ChildSignal> signals = new LinkedBlockingQueue<>();

    @Test
    void acceptsOnlyFirstConnectionWithToken() throws Exception {
        try (Channel channel = new Channel(signals)) {
            channel.listen();
            Wire.Invitation invitation = channel.invitationTo("task");
            try (Socket silent = call(invitation, "");
                    Socket foreign = call(invitation, "0".repeat(Wire.TOKEN_LENGTH) + "result \"forged\"\n");
                    Socket child = call(invitation, invitation.token() + "result \"true\"\n")) {
                assertThat(next()).isEqualTo(new ChildSignal.Said("result", "\"true\""));
                assertThat(foreign.getInputStream().read()).isEqualTo(-1);
                try (Socket second = call(invitation, invitation.token() + "result \"again\"\n")) {
                    assertThat(second.getInputStream().read()).isEqualTo(-1);
                }
                child.shutdownOutput();
                assertThat(next()).isEqualTo(new ChildSignal.HungUp());
                assertThat(silent.isConnected()).isTrue();
                assertThat(signals).isEmpty();
            }
        }
    }

    @Test
    void tokensDiffer() throws IOException {
        try (Channel one = new Channel(signals);
                Channel other = new Channel(signals)) {
            assertThat(one.invitationTo("task").token())
                    .hasSize(Wire.TOKEN_LENGTH)
                    .isNotEqualTo(other.invitationTo("task").token());
        }
    }

    private ChildSignal next() throws InterruptedException {
        return signals.poll(30, TimeUnit.SECONDS);
    }

    private static Socket call(Wire.Invitation invitation, String words) throws IOException {
        Socket socket = new Socket(invitation.address(), invitation.port());
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(words.getBytes(UTF_8));
        return socket;
    }
}
