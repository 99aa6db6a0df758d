// Gives back the pages of files that this process has mapped and not changed.
//
// A compiler maps a hundred megabytes of its program and of modules. The pages stay in the system's cache,
// so that the next access finds them again within microseconds; until then they do not count as this
// process's memory.
#define _GNU_SOURCE
#include "pages.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

void release_unchanged_pages(void) {
  FILE *maps = fopen("/proc/self/smaps", "re");
  if (maps == NULL) return;
  char *line = NULL;
  size_t capacity = 0;
  uintptr_t start = 0, end = 0;
  int is_candidate = 0;
  while (getline(&line, &capacity, maps) > 0) {
    unsigned long low, high, kibibytes;
    char permissions[5];
    // As in `7f5f3d68e000-7f5f3d690000 r-xp 00000000 08:01 1234   /lib/libc.so.6`.
    if (sscanf(line, "%lx-%lx %4s", &low, &high, permissions) == 3) {
      start = low;
      end = high;
      is_candidate = permissions[1] != 'w' && strchr(line, '/') != NULL;
    } else if (sscanf(line, "Anonymous: %lu", &kibibytes) == 1) {
      // A private change, as a relocated address, exists nowhere else.
      if (kibibytes > 0) is_candidate = 0;
    } else if (strncmp(line, "VmFlags:", 8) == 0 && is_candidate) {
      madvise((void *)start, end - start, MADV_DONTNEED);
    }
  }
  free(line);
  fclose(maps);
}
