#pragma once
#include <stdint.h>

/// Says that the calling thread begins (1) or ends (-1) to hold a lock that others need.
///
/// A notebook ends the thread of a cell that is interrupted; it does not do so meanwhile.
void clocks_hold(int32_t change);

/// The number by which the system knows the calling thread; never 0 or less.
int32_t clocks_thread(void);

/// Whether the thread with that number is still there.
int32_t clocks_is_alive(int32_t thread);
