#pragma once
#include <spawn.h>

/// `pipe2` with `O_CLOEXEC`, which Glibc's module does not show.
int cprocesses_pipe(int ends[2]);

/// `flock` for this process alone; Swift takes the name for a structure. Waits if `waits`.
int cprocesses_lock(int descriptor, int waits);

/// `posix_spawn_file_actions_addchdir_np`, likewise.
int cprocesses_add_chdir(posix_spawn_file_actions_t *actions, const char *path);

/// `posix_spawn_file_actions_addclosefrom_np`, likewise: closes every descriptor from `first` on.
int cprocesses_add_close_from(posix_spawn_file_actions_t *actions, int first);

/// How many columns the terminal behind `descriptor` has; 0 if it is none or does not say.
int cprocesses_columns(int descriptor);
