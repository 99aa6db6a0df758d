#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CImageFiles.h"

void ci_release(uint8_t *bytes) { free(bytes); }

// What the callbacks of one call share.
typedef struct {
  const uint8_t *bytes;
  size_t count, position;
  uint8_t *out;
  size_t out_count, out_capacity;
  ci_message *message;
} state;

static void on_error(png_structp png, png_const_charp text) {
  state *s = png_get_error_ptr(png);
  snprintf(s->message->text, sizeof s->message->text, "%s", text);
  png_longjmp(png, 1);
}

static void on_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static void read_bytes(png_structp png, png_bytep target, size_t count) {
  state *s = png_get_io_ptr(png);
  if (count > s->count - s->position) png_error(png, "it ends too early");
  memcpy(target, s->bytes + s->position, count);
  s->position += count;
}

static void write_bytes(png_structp png, png_bytep source, size_t count) {
  state *s = png_get_io_ptr(png);
  if (count > s->out_capacity - s->out_count) {
    size_t capacity = s->out_capacity * 2 + count + 4096;
    uint8_t *grown = realloc(s->out, capacity);
    if (!grown) png_error(png, "there is no memory left");
    s->out = grown;
    s->out_capacity = capacity;
  }
  memcpy(s->out + s->out_count, source, count);
  s->out_count += count;
}

static void flush(png_structp png) { (void)png; }

// Reads the header and asks for whole samples. Only called where errors may jump.
static void begin(png_structp png, png_infop info, state *s, ci_header *header) {
  png_set_read_fn(png, s, read_bytes);
  png_read_info(png, info);
  const int color = png_get_color_type(png, info);
  const int depth = png_get_bit_depth(png, info);
  header->width = png_get_image_width(png, info);
  header->height = png_get_image_height(png, info);
  // zlib makes at most 1032 bytes of one.
  header->least_bytes = ((uint64_t)png_get_rowbytes(png, info) + 1) * header->height / 1032;
  const bool has_key = png_get_valid(png, info, PNG_INFO_tRNS) != 0;
  const bool has_alpha = (color & PNG_COLOR_MASK_ALPHA) != 0 || has_key;
  header->channels = ((color & PNG_COLOR_MASK_COLOR) ? 3 : 1) + has_alpha;
  header->bits = depth == 16 ? 16 : 8;
  header->is_cmyk = false;
  header->orientation = 1;
}

bool ci_png_header(const uint8_t *bytes, size_t count, ci_header *header, ci_message *message) {
  state s = {.bytes = bytes, .count = count, .message = message};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    snprintf(message->text, sizeof message->text, "libpng has no memory");
    return false;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return false;
  }
  begin(png, info, &s, header);
  png_destroy_read_struct(&png, &info, NULL);
  return true;
}

bool ci_png_read(
    const uint8_t *bytes, size_t count, const ci_header *header, int bits, uint8_t *pixels,
    ci_message *message) {
  state s = {.bytes = bytes, .count = count, .message = message};
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_read_struct(&png, NULL, NULL);
    snprintf(message->text, sizeof message->text, "libpng has no memory");
    return false;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, &info, NULL);
    return false;
  }
  ci_header found;
  begin(png, info, &s, &found);
  if (found.width != header->width || found.height != header->height ||
      found.channels != header->channels)
    png_error(png, "its header changed while it was read");
  // Palettes, transparent colours and fewer bits than eight become whole samples.
  png_set_expand(png);
  if (found.bits == 16 && bits == 8) png_set_scale_16(png);
  if (found.bits == 8 && bits == 16) png_set_expand_16(png);
  if (bits == 16) png_set_swap(png);
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, info);
  const size_t row = (size_t)header->width * (size_t)header->channels * (size_t)(bits / 8);
  if (png_get_rowbytes(png, info) != row) png_error(png, "its rows are not as its header says");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t y = 0; y < header->height; y++) png_read_row(png, pixels + y * row, NULL);
  png_read_end(png, NULL);
  png_destroy_read_struct(&png, &info, NULL);
  return true;
}

bool ci_png_write(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int bits, int level,
    uint8_t **bytes, size_t *count, ci_message *message) {
  static const int colors[] = {
      PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  // In the state, which lies in memory, so that what was written before a jump is known after it.
  state s = {.message = message};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &s, on_error, on_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (!info) {
    png_destroy_write_struct(&png, NULL);
    snprintf(message->text, sizeof message->text, "libpng has no memory");
    return false;
  }
  if (setjmp(png_jmpbuf(png))) {
    png_destroy_write_struct(&png, &info);
    free(*(uint8_t *volatile *)&s.out);
    return false;
  }
  png_set_write_fn(png, &s, write_bytes, flush);
  png_set_compression_level(png, level);
  png_set_IHDR(
      png, info, width, height, bits, colors[channels - 1], PNG_INTERLACE_NONE,
      PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  if (bits == 16) png_set_swap(png);
  const size_t row = (size_t)width * (size_t)channels * (size_t)(bits / 8);
  for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + y * row);
  png_write_end(png, info);
  png_destroy_write_struct(&png, &info);
  *bytes = s.out;
  *count = s.out_count;
  return true;
}
