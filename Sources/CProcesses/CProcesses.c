#define _GNU_SOURCE
#include "CProcesses.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <sys/ioctl.h>

int cprocesses_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

int cprocesses_lock(int descriptor, int waits) {
  return flock(descriptor, LOCK_EX | (waits ? 0 : LOCK_NB));
}

int cprocesses_add_chdir(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

int cprocesses_add_close_from(posix_spawn_file_actions_t *actions, int first) {
  return posix_spawn_file_actions_addclosefrom_np(actions, first);
}

int cprocesses_columns(int descriptor) {
  struct winsize size;
  return ioctl(descriptor, TIOCGWINSZ, &size) == 0 ? size.ws_col : 0;
}
