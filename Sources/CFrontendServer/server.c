// Makes the toolchain's compiler a server: it initialises itself once, then forks a compiler for
// each cell, which goes as far as it can without the cell and waits there.
//
// Preloaded, this library takes the place of `open`. Two files matter. When the compiler opens its
// response file, it has initialised itself and knows nothing of a cell yet: there the server
// answers requests, and each child gets its own arguments as that file. When a child opens the
// module `CellGate`, it has loaded the modules that every cell imports: there it waits for the
// word to go, before it has looked at the cell's source, which it holds as a mapped file.
//
// Requests come on a socket that keeps messages apart, one letter first:
//   P  path of the log, a zero byte, arguments   forks the next compiler, ending an unused one
//   G                                            lets it go
//   K                                            kills it
// The server answers a G with the compiler's wait status, 4 bytes, as soon as it is known: a compiler
// whose work is done says so, and the system needs milliseconds more to take its memory apart. After a short
// stay without requests it and its child give back the memory that they can have again at once; after a
// long one, or when the socket closes, they end.
#define _GNU_SOURCE
#include "CFrontendServer.h"
#include "pages.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { CONTROL = 3, REQUEST_BYTES = 1 << 17, REST_MILLISECONDS = 2000 };

static const char response_file[] = "/frontend-arguments";
static const char gate_module[] = "/CellGate.swiftmodule";

static int idle_milliseconds;  // 0 when this process is no server.
static int gate = -1;          // A child's end of the pipe that says go.
static int report = -1;        // A child's end of the pipe that says it is done.
static int exit_status;

static pid_t child;
static int child_done = -1;  // Gives the exit status, or ends without one.
static int child_go = -1;
static pid_t leaving;  // A child that has given its exit status.
static int32_t child_status;
static int has_status;
static int is_answer_due;

static int plain_open(const char *path, int flags, mode_t mode) {
  return (int)syscall(SYS_openat, AT_FDCWD, path, flags, mode);
}

static int32_t wait_for(pid_t id) {
  int status = 0;
  while (waitpid(id, &status, 0) < 0 && errno == EINTR) {}
  return status;
}

/// Takes the status that the child gives, or the one that it died with.
static void take_status(void) {
  int code = 0;
  ssize_t count;
  while ((count = read(child_done, &code, sizeof code)) < 0 && errno == EINTR) {}
  if (leaving > 0) wait_for(leaving);
  leaving = 0;
  if (count == sizeof code) {
    child_status = (code & 0xff) << 8;
    leaving = child;
  } else {
    child_status = wait_for(child);
  }
  has_status = 1;
  close(child_done);
  close(child_go);
  child_done = child_go = -1;
  child = 0;
}

static void kill_child(void) {
  if (child > 0) kill(child, SIGKILL);
}

static _Noreturn void end(int status) {
  kill_child();
  _exit(status);
}

static void answer_if_due(void) {
  if (!is_answer_due || !has_status) return;
  is_answer_due = has_status = 0;
  if (send(CONTROL, &child_status, sizeof child_status, MSG_NOSIGNAL) < 0) end(1);
}

static void note_status(int status, void *unused) {
  (void)unused;
  exit_status = status;
}

/// Returns the response file's descriptor in the new child, -1 in the server.
static int fork_child(const char *log, const char *arguments, size_t count) {
  int ends[2], done[2];
  if (pipe2(ends, O_CLOEXEC) != 0 || pipe2(done, O_CLOEXEC) != 0) end(1);
  pid_t server = getpid();
  pid_t id = fork();
  if (id < 0) end(1);
  if (id > 0) {
    close(ends[0]);
    close(done[1]);
    child = id;
    child_go = ends[1];
    child_done = done[0];
    return -1;
  }
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != server) _exit(1);
  close(CONTROL);
  close(ends[1]);
  close(done[0]);
  gate = ends[0];
  report = done[1];
  on_exit(note_status, NULL);
  int output = plain_open(log, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (output < 0) _exit(1);
  dup2(output, 1);
  dup2(output, 2);
  close(output);
  int response = memfd_create("arguments", MFD_CLOEXEC);
  if (response < 0) _exit(1);
  for (size_t written = 0; written < count;) {
    ssize_t step = write(response, arguments + written, count - written);
    if (step <= 0) _exit(1);
    written += (size_t)step;
  }
  lseek(response, 0, SEEK_SET);
  return response;
}

/// Ends an unused child and starts the next.
static int prepare(const char *request, size_t count) {
  if (child > 0) {
    kill_child();
    take_status();
  }
  has_status = 0;
  const char *log = request + 1;
  const char *arguments = memchr(log, 0, count - 1);
  if (arguments == NULL) end(1);
  arguments++;
  return fork_child(log, arguments, count - (size_t)(arguments - request));
}

/// Serves requests; returns only in a child, with its response file.
static int serve(void) {
  static char request[REQUEST_BYTES];
  int is_resting = 0;
  for (;;) {
    struct pollfd ready[] = {{CONTROL, POLLIN, 0}, {child_done, POLLIN, 0}};
    int limit = is_resting ? idle_milliseconds : REST_MILLISECONDS;
    int count = poll(ready, 2, is_answer_due ? -1 : limit);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 || (count == 0 && is_resting)) end(0);
    is_resting = count == 0;
    if (is_resting) {
      release_unchanged_pages();
      continue;
    }
    if (child > 0 && ready[1].revents != 0) {
      take_status();
      answer_if_due();
    }
    if (ready[0].revents == 0) continue;
    ssize_t length = recv(CONTROL, request, sizeof request, 0);
    if (length < 0 && errno == EINTR) continue;
    if (length <= 0) end(0);
    switch (request[0]) {
      case 'P': {
        int response = prepare(request, (size_t)length);
        if (response >= 0) return response;
        break;
      }
      case 'G':
        is_answer_due = 1;
        if (child_go >= 0 && write(child_go, "g", 1) < 0) kill_child();
        answer_if_due();
        break;
      case 'K':
        kill_child();
        break;
      default:
        end(1);
    }
  }
}

static void wait_at_gate(void) {
  struct pollfd ready = {gate, POLLIN, 0};
  if (poll(&ready, 1, REST_MILLISECONDS) == 0) release_unchanged_pages();
  char word = 0;
  ssize_t count;
  while ((count = read(gate, &word, 1)) < 0 && errno == EINTR) {}
  if (count != 1) _exit(1);
  close(gate);
  gate = -1;
}

static int ends_with(const char *path, const char *end, size_t end_count) {
  size_t count = strlen(path);
  return count >= end_count && memcmp(path + count - end_count, end, end_count) == 0;
}

__attribute__((constructor)) static void start(void) {
  const char *idle = getenv("MARTLET_FRONTEND_IDLE");
  idle_milliseconds = idle ? atoi(idle) : 0;
  unsetenv("MARTLET_FRONTEND_IDLE");
  unsetenv("LD_PRELOAD");
}

/// Runs after the compiler's own handlers, which have written what was to be written.
__attribute__((destructor)) static void say_done(void) {
  if (report < 0) return;
  if (write(report, &exit_status, sizeof exit_status) < 0) return;
  _exit(exit_status);
}

__attribute__((visibility("default"))) int open(const char *path, int flags, ...) {
  mode_t mode = 0;
  if (flags & (O_CREAT | O_TMPFILE)) {
    va_list rest;
    va_start(rest, flags);
    mode = va_arg(rest, mode_t);
    va_end(rest);
  }
  if (idle_milliseconds > 0 && ends_with(path, response_file, sizeof response_file - 1)) {
    int response = serve();
    idle_milliseconds = 0;
    return response;
  }
  if (gate >= 0 && ends_with(path, gate_module, sizeof gate_module - 1)) wait_at_gate();
  return plain_open(path, flags, mode);
}
