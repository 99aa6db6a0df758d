// Where errors are thrown: the runtime calls a hook at each throw, and a chain of frame pointers,
// which Swift's code keeps, tells the functions around it at little cost.
#define _GNU_SOURCE
#include "faults.h"

#include <stdatomic.h>
#include <string.h>

#define SWIFT_CALL __attribute__((swiftcall))
#define WEAK __attribute__((weak))

enum { THROW_FRAME_LIMIT = 32 };

typedef struct {
  const void *box;
  const void *type;
  /// Whether the places came from another thread, and are to stay while the error is rethrown here.
  int is_pinned;
  int32_t count;
  uintptr_t frames[THROW_FRAME_LIMIT];
} last_throw;

static _Thread_local last_throw last;

// The runtime's hooks; swift/Runtime/ErrorObject.h.
extern _Atomic(SWIFT_CALL void (*)(void *)) _swift_willThrow WEAK;
extern _Atomic(SWIFT_CALL void (*)(void *, const void *, const void *)) _swift_willThrowTypedImpl
    WEAK;

static void note(const void *box, const void *type) {
  if (last.is_pinned && box != NULL && last.box == box) return;
  last.box = box;
  last.type = type;
  last.is_pinned = 0;
  last.count = 0;
  uintptr_t frame = (uintptr_t)__builtin_frame_address(0);
  const faults_thread *self = &faults_self;
  while (last.count < THROW_FRAME_LIMIT) {
    if (frame < self->stack_start || frame + 16 > self->stack_end || frame % 8 != 0) break;
    const uintptr_t *words = (const uintptr_t *)frame;
    // An asynchronous function marks the frame pointer that it saves.
    uintptr_t next = words[0] & ~((uintptr_t)1 << 60);
    if (words[1] == 0) break;
    last.frames[last.count++] = words[1];
    if (next <= frame) break;
    frame = next;
  }
}

static SWIFT_CALL void will_throw(void *box) { note(box, NULL); }

static SWIFT_CALL void will_throw_typed(void *value, const void *type, const void *conformance) {
  (void)value;
  (void)conformance;
  note(NULL, type);
}

void cfaults_watch_throws(void) {
  if (&_swift_willThrow != NULL) atomic_store(&_swift_willThrow, will_throw);
  if (&_swift_willThrowTypedImpl != NULL) {
    atomic_store(&_swift_willThrowTypedImpl, will_throw_typed);
  }
}

int32_t cfaults_thrown_frames(const void *box, const void *type, uintptr_t *frames,
                              int32_t limit) {
  // An error of a typed throw is boxed after the throw, so only its type can be compared.
  int is_it = last.box != NULL ? last.box == box : last.type == type;
  if (!is_it || last.count == 0) return 0;
  int32_t count = last.count < limit ? last.count : limit;
  memcpy(frames, last.frames, (size_t)count * sizeof *frames);
  return count;
}

void cfaults_set_thrown_frames(const void *box, const uintptr_t *frames, int32_t count) {
  last.count = count < THROW_FRAME_LIMIT ? count : THROW_FRAME_LIMIT;
  if (count > 0) memcpy(last.frames, frames, (size_t)last.count * sizeof *frames);
  last.box = box;
  last.type = NULL;
  last.is_pinned = count > 0;
}
