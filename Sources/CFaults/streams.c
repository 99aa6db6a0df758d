// The standard streams of a process in which threads may be parked while they print or read.
#define _GNU_SOURCE
#include "CFaults.h"

#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

enum { OUTPUT_BUFFER_BYTES = 64 * 1024 };

static char *(*line_source)(void);

typedef struct {
  char *line;
  size_t offset;
  size_t count;
} input_state;

static ssize_t read_input(void *cookie, char *buffer, size_t size) {
  input_state *state = cookie;
  if (state->offset == state->count) {
    free(state->line);
    state->line = line_source();
    state->offset = 0;
    state->count = state->line ? strlen(state->line) : 0;
    if (state->count == 0) return 0;
  }
  size_t left = state->count - state->offset;
  size_t taken = left < size ? left : size;
  memcpy(buffer, state->line + state->offset, taken);
  state->offset += taken;
  return (ssize_t)taken;
}

static void open_input(void) {
  input_state *state = calloc(1, sizeof *state);
  cookie_io_functions_t functions = {.read = read_input};
  FILE *stream = fopencookie(state, "r", functions);
  if (stream) stdin = stream;
}

void cfaults_redirect_input(char *(*read_line)(void)) {
  line_source = read_line;
  open_input();
}

static int is_held(FILE *stream) {
  if (ftrylockfile(stream) != 0) return 1;
  funlockfile(stream);
  return 0;
}

void cfaults_buffer_output(void) { setvbuf(stdout, NULL, _IOFBF, OUTPUT_BUFFER_BYTES); }

void cfaults_release_streams(void) {
  // A parked thread never unlocks, so whoever prints next gets a stream of its own.
  if (is_held(stdout)) {
    FILE *stream = fdopen(1, "w");
    if (stream) {
      stdout = stream;
      cfaults_buffer_output();
    }
  }
  if (is_held(stderr)) {
    FILE *stream = fdopen(2, "w");
    if (stream) {
      stderr = stream;
      setvbuf(stderr, NULL, _IONBF, 0);
    }
  }
  if (line_source && is_held(stdin)) open_input();
}

void cfaults_flush_streams(void) {
  if (ftrylockfile(stdout) == 0) {
    fflush_unlocked(stdout);
    funlockfile(stdout);
  }
  if (ftrylockfile(stderr) == 0) {
    fflush_unlocked(stderr);
    funlockfile(stderr);
  }
}
