// Starts the kernel with its sockets already listening.
//
// A frontend connects some milliseconds after it has started a kernel. Where nobody listens by
// then, libzmq tries again only after 100 to 200 ms, which is many times what the kernel itself
// needs to start. This program needs a millisecond: it listens at the connection file's ports and
// becomes `martlet kernel`, which takes the sockets over. Whatever it does not understand it
// leaves to the kernel, which has the error messages.
//
// See also: jupyter_client, "Making kernels for Jupyter", section "Connection files";
// zmq_setsockopt(3), ZMQ_RECONNECT_IVL and ZMQ_USE_FD.

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/// The sockets by the names of `martlet kernel --listening`; each name's port is `NAME_port`.
static const char *const names[] = {"shell", "control", "stdin", "iopub", "hb"};
enum { count = sizeof names / sizeof *names };

/// Returns a descriptor that listens at `host` and `port`, or -1.
static int listening(const char *host, json_int_t port) {
  struct sockaddr_in address = {.sin_family = AF_INET};
  if (port < 1 || port > 65535 || inet_pton(AF_INET, host, &address.sin_addr) != 1) return -1;
  address.sin_port = htons((uint16_t)port);
  int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  if (descriptor < 0) return -1;
  // As libzmq does: a restarted kernel gets the ports of the one before.
  int yes = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
  if (bind(descriptor, (const struct sockaddr *)&address, sizeof address) == 0 &&
      listen(descriptor, 100) == 0)
    return descriptor;
  close(descriptor);
  return -1;
}

/// Listens at the ports of the connection file at `path`, and writes to `text`, of `size` bytes,
/// which descriptors do: `shell=3,control=4`. It stays empty where nothing could be done.
static void listen_all(const char *path, char *text, size_t size) {
  json_t *file = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
  const char *transport = json_string_value(json_object_get(file, "transport"));
  const char *host = json_string_value(json_object_get(file, "ip"));
  size_t used = 0;
  for (int i = 0; transport && host && strcmp(transport, "tcp") == 0 && i < count; i++) {
    char key[16];
    snprintf(key, sizeof key, "%s_port", names[i]);
    int descriptor = listening(host, json_integer_value(json_object_get(file, key)));
    if (descriptor < 0) continue;
    used += (size_t)snprintf(
        text + used, size - used, "%s%s=%d", used ? "," : "", names[i], descriptor);
  }
  json_decref(file);
}

/// Returns the value of `--connection-file` among `words`, or null.
static const char *connection_file(char **words) {
  static const char option[] = "--connection-file";
  const size_t length = sizeof option - 1;
  for (; *words; words++) {
    if (strcmp(*words, option) == 0) return words[1];
    if (strncmp(*words, option, length) == 0 && (*words)[length] == '=') return *words + length + 1;
  }
  return NULL;
}

/// Replaces the last part of this program's path, links resolved, by `martlet`.
static int martlet(char path[PATH_MAX]) {
  ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - 1);
  if (length < 0) return -1;
  path[length] = 0;
  char *name = strrchr(path, '/') + 1;
  if ((size_t)(name - path) + sizeof "martlet" > PATH_MAX) return -1;
  strcpy(name, "martlet");
  return 0;
}

int main(int argc, char **argv) {
  char program[PATH_MAX], descriptors[256] = "";
  char **words = calloc((size_t)argc + 4, sizeof *words);
  if (!words || martlet(program) != 0) {
    perror("martlet-kernel: cannot find the program martlet beside this one");
    return 71;  // EX_OSERR
  }
  int used = 0;
  words[used++] = program;
  words[used++] = "kernel";
  const char *path = connection_file(argv + 1);
  if (path) listen_all(path, descriptors, sizeof descriptors);
  if (*descriptors) {
    words[used++] = "--listening";
    words[used++] = descriptors;
  }
  for (int i = 1; i < argc; i++) words[used++] = argv[i];
  execv(program, words);
  fprintf(stderr, "martlet-kernel: cannot start %s: %s. Build it: make build\n", program,
          strerror(errno));
  return 71;
}
