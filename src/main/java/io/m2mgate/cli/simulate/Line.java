package io.m2mgate.cli.simulate;

import io.m2mgate.wire.Frame;

/** A way of one terminal to the gateway, until it is closed. Owned by the terminal's event loop. */
interface Line {
  /** There is none. */
  Line NONE = new Line() {
    @Override
    public boolean isUp() {
      return false;
    }

    @Override
    public void write(FrameForge forge) {
      forge.discard();
    }

    @Override
    public void move() {}

    @Override
    public void close() {}
  };

  /** Whose line it is. Called on its event loop; times are nanoseconds. */
  interface Owner {
    /** A frame that the gateway sent came; its bytes are nobody else's. */
    void arrived(Frame frame, long now);

    /** That was all for now. */
    void flush(long now);

    /** It is gone, or what came over it is no frame. */
    void broken(long now);
  }

  boolean isUp();

  /** Takes what the forge has made, and sends of it what is not lost on the way. */
  void write(FrameForge forge);

  /** Its address, as the gateway sees it, is another from now on. */
  void move();

  /** Nothing of it is heard any more. */
  void close();
}
