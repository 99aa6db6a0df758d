// The main queue, served by the main thread as a run loop does it.
//
// `dispatch_main` ends the main thread and leaves its queue to others, and as soon as Foundation is
// loaded nobody serves the queue any more: it then expects a run loop on the main thread.
#define _GNU_SOURCE
#include "faults.h"

#include <errno.h>
#include <poll.h>
#include <semaphore.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

// libdispatch's interface for run loops; dispatch/private/queue_private.h.
extern int _dispatch_get_main_queue_handle_4CF(void);
extern void _dispatch_main_queue_callback_4CF(void *message);

enum { PATIENCE_SECONDS = 5 };

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static sem_t is_done;
static int request_descriptor = -1;
static void (*requested)(void *);
static void *requested_argument;

static void prepare(void) {
  sem_init(&is_done, 0, 0);
  request_descriptor = eventfd(0, EFD_CLOEXEC);
}

static void serve_request(void) {
  pthread_mutex_lock(&lock);
  void (*body)(void *) = requested;
  requested = NULL;
  pthread_mutex_unlock(&lock);
  if (body == NULL) return;
  body(requested_argument);
  sem_post(&is_done);
}

static void clear(int descriptor) {
  uint64_t count = 0;
  while (read(descriptor, &count, sizeof count) < 0 && errno == EINTR) continue;
}

void cfaults_serve_main_queue(void) {
  cfaults_adopt_main_thread();
  pthread_once(&once, prepare);
  struct pollfd wanted[] = {
      {.fd = _dispatch_get_main_queue_handle_4CF(), .events = POLLIN},
      {.fd = request_descriptor, .events = POLLIN},
  };
  for (;;) {
    if (poll(wanted, 2, -1) < 0) continue;
    if (wanted[1].revents != 0) {
      clear(wanted[1].fd);
      serve_request();
    }
    if (wanted[0].revents != 0) {
      clear(wanted[0].fd);
      _dispatch_main_queue_callback_4CF(NULL);
    }
  }
}

void cfaults_call_on_main_thread(void (*body)(void *), void *argument) {
  pthread_once(&once, prepare);
  pthread_mutex_lock(&lock);
  requested = body;
  requested_argument = argument;
  pthread_mutex_unlock(&lock);
  const uint64_t one = 1;
  if (write(request_descriptor, &one, sizeof one) != sizeof one) return;
  struct timespec end;
  clock_gettime(CLOCK_REALTIME, &end);
  end.tv_sec += PATIENCE_SECONDS;
  int result = 0;
  while ((result = sem_timedwait(&is_done, &end)) != 0 && errno == EINTR) continue;
  if (result == 0) return;
  // Code of the user keeps the main thread.
  pthread_mutex_lock(&lock);
  int is_untouched = requested != NULL;
  requested = NULL;
  pthread_mutex_unlock(&lock);
  if (is_untouched) {
    body(argument);
  } else {
    while (sem_wait(&is_done) != 0) continue;
  }
}
