package io.github.whisperspeedtest.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.atomic.AtomicBoolean;

/** Notices that the user presses Enter. */
final class EnterKey {
    private final AtomicBoolean pressed = new AtomicBoolean();

    /** Starts to read the keyboard; without one, nothing is ever pressed. */
    EnterKey(Terminal terminal) {
        if (terminal.inIsTerminal()) {
            Thread keyboard = new Thread(() -> await(terminal.in()), "keyboard");
            keyboard.setDaemon(true);
            keyboard.start();
        }
    }

    /** Returns whether Enter was pressed, or nothing more can be typed. */
    boolean isPressed() {
        return pressed.get();
    }

    private void await(InputStream in) {
        try {
            int key;
            do {
                key = in.read();
            } while (key != '\n' && key >= 0);
        } catch (IOException e) {
            // Nothing more can be typed.
            pressed.set(true);
        }
        pressed.set(true);
    }
}
