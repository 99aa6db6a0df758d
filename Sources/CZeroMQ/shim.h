#pragma once
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <zmq.h>

/// pidfd_open, which Swift cannot call because syscall takes variable arguments.
static inline int czeromq_pidfd_open(pid_t process) {
  return (int)syscall(SYS_pidfd_open, process, 0);
}
