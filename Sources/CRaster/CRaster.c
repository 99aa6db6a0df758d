#include "CRaster.h"

#include <dlfcn.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The libraries' interfaces, as far as they are used: librsvg 2.52, cairo 1.4, GLib 2. Their headers are not needed to
// build, and the libraries not to run until a picture is wanted.

struct gerror {
  unsigned domain;
  int code;
  char *message;
};

struct rectangle {
  double x, y, width, height;
};

typedef int (*write_function)(void *closure, const unsigned char *bytes, unsigned length);

static struct {
  void *(*handle_new)(const unsigned char *, size_t, struct gerror **);
  int (*handle_size)(void *, double *, double *);
  int (*handle_render)(void *, void *, const struct rectangle *, struct gerror **);
  void (*object_unref)(void *);
  void (*error_free)(struct gerror *);
  void *(*surface_create)(int, int, int);
  int (*surface_status)(void *);
  int (*surface_write)(void *, write_function, void *);
  void (*surface_destroy)(void *);
  void *(*context_create)(void *);
  void (*context_destroy)(void *);
} library;

static int load(void *target, const char *file, const char *symbol, char *message, size_t size) {
  void *handle = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  void *found = handle ? dlsym(handle, symbol) : NULL;
  if (!found) {
    snprintf(message, size, "%s", dlerror());
    return 0;
  }
  memcpy(target, &found, sizeof found);
  return 1;
}

static int load_all(char *message, size_t size) {
  const char *svg = "librsvg-2.so.2", *cairo = "libcairo.so.2";
  const char *object = "libgobject-2.0.so.0", *glib = "libglib-2.0.so.0";
  return load(&library.handle_new, svg, "rsvg_handle_new_from_data", message, size)
      && load(&library.handle_size, svg, "rsvg_handle_get_intrinsic_size_in_pixels", message, size)
      && load(&library.handle_render, svg, "rsvg_handle_render_document", message, size)
      && load(&library.object_unref, object, "g_object_unref", message, size)
      && load(&library.error_free, glib, "g_error_free", message, size)
      && load(&library.surface_create, cairo, "cairo_image_surface_create", message, size)
      && load(&library.surface_status, cairo, "cairo_surface_status", message, size)
      && load(&library.surface_write, cairo, "cairo_surface_write_to_png_stream", message, size)
      && load(&library.surface_destroy, cairo, "cairo_surface_destroy", message, size)
      && load(&library.context_create, cairo, "cairo_create", message, size)
      && load(&library.context_destroy, cairo, "cairo_destroy", message, size);
}

struct output {
  unsigned char *bytes;
  size_t length, capacity;
};

static int append(void *closure, const unsigned char *bytes, unsigned length) {
  struct output *output = closure;
  if (output->length + length > output->capacity) {
    size_t capacity = 2 * (output->length + length);
    unsigned char *grown = realloc(output->bytes, capacity);
    // cairo's number for want of memory.
    if (!grown) return 1;
    output->bytes = grown;
    output->capacity = capacity;
  }
  memcpy(output->bytes + output->length, bytes, length);
  output->length += length;
  return 0;
}

static int refused(struct gerror *error, const char *what, char *message, size_t size) {
  snprintf(message, size, "%s", error && error->message ? error->message : what);
  if (error) library.error_free(error);
  return CRASTER_REFUSED;
}

static int render(
    void *handle, double width, double height, struct output *output, char *message, size_t size) {
  // 0 is cairo's number for pixels of 32 bits with transparency.
  void *surface = library.surface_create(0, (int)width, (int)height);
  int result = CRASTER_REFUSED;
  if (library.surface_status(surface) != 0) {
    refused(NULL, "the picture is too large", message, size);
  } else {
    void *context = library.context_create(surface);
    struct gerror *error = NULL;
    struct rectangle area = {0, 0, width, height};
    if (!library.handle_render(handle, context, &area, &error)) {
      refused(error, "the drawing cannot be rendered", message, size);
    } else if (library.surface_write(surface, append, output) != 0) {
      refused(NULL, "there is not enough memory", message, size);
    } else {
      result = CRASTER_DONE;
    }
    library.context_destroy(context);
  }
  library.surface_destroy(surface);
  return result;
}

int craster_png(
    const unsigned char *svg, size_t svg_length, double scale, unsigned char **png, size_t *png_length,
    char *message, size_t message_size) {
  // Loading twice, from two threads, stores the same addresses.
  if (!load_all(message, message_size)) return CRASTER_MISSING;
  struct gerror *error = NULL;
  void *handle = library.handle_new(svg, svg_length, &error);
  if (!handle) return refused(error, "the drawing cannot be read", message, message_size);
  double width = 0, height = 0;
  int result = CRASTER_REFUSED;
  struct output output = {NULL, 0, 0};
  if (!library.handle_size(handle, &width, &height)) {
    refused(NULL, "the drawing has no size", message, message_size);
  } else if (!(width * scale >= 1 && height * scale >= 1 && width * scale <= 32767 && height * scale <= 32767)) {
    snprintf(message, message_size, "%g × %g pixels are not between 1 and 32767", width * scale, height * scale);
  } else {
    result = render(handle, ceil(width * scale), ceil(height * scale), &output, message, message_size);
  }
  library.object_unref(handle);
  if (result != CRASTER_DONE) {
    free(output.bytes);
    return result;
  }
  *png = output.bytes;
  *png_length = output.length;
  return CRASTER_DONE;
}
