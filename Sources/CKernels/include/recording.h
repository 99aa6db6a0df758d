#pragma once

// What a thread knows while graphs of recorded operations are made and released.

/// Each thread has one of these, zero at first.
struct ck_recording {
  /// 0 records operations of open graphs, 1 none, 2 those of closed graphs too.
  int mode;
  /// How many functions of parameters run within each other; -1 while it walks back after the outermost.
  int parameters;
  /// How many nodes are being released within each other.
  int release_depth;
  /// A retained list of what waits to be released, or null.
  void *_Nullable released_later;
};

/// The calling thread's own; valid until the thread ends.
struct ck_recording *_Nonnull ck_recording_state(void);
