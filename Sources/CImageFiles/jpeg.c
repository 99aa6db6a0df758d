// libjpeg's header needs FILE and size_t before it.
#include <stddef.h>
#include <stdio.h>

#include <jpeglib.h>

#include <jerror.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "CImageFiles.h"

// More scans than any progressive file has: each goes over the whole picture, so a small file could take hours.
enum { most_scans = 200 };

typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf jump;
  ci_message *message;
} errors;

static void on_error(j_common_ptr info) {
  errors *e = (errors *)info->err;
  char text[JMSG_LENGTH_MAX];
  e->manager.format_message(info, text);
  snprintf(e->message->text, sizeof e->message->text, "%s", text);
  longjmp(e->jump, 1);
}

// Warnings that tell of lost pixels are errors here; what level 0 and above say is of no interest.
static void on_message(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_ADOBE_XFORM:
    case JWRN_JFIF_MAJOR:
    case JWRN_BOGUS_PROGRESSION: return;
    default: on_error(info);
  }
}

static void on_progress(j_common_ptr info) {
  j_decompress_ptr decoder = (j_decompress_ptr)info;
  if (decoder->input_scan_number <= most_scans) return;
  errors *e = (errors *)info->err;
  snprintf(e->message->text, sizeof e->message->text, "it has more than %d scans", most_scans);
  longjmp(e->jump, 1);
}

static void set_errors(errors *e, ci_message *message) {
  jpeg_std_error(&e->manager);
  e->manager.error_exit = on_error;
  e->manager.emit_message = on_message;
  e->message = message;
}

static uint32_t number(const uint8_t *bytes, int size, bool big) {
  uint32_t value = 0;
  for (int i = 0; i < size; i++) value |= (uint32_t)bytes[i] << 8 * (big ? size - 1 - i : i);
  return value;
}

// The orientation in an EXIF marker (TIFF's tag 0x0112 in the first directory); 1 if there is none.
static int orientation(const uint8_t *data, size_t count) {
  if (count < 14 || memcmp(data, "Exif\0\0", 6) != 0) return 1;
  const uint8_t *tiff = data + 6;
  const size_t size = count - 6;
  const bool big = tiff[0] == 'M';
  if (number(tiff + 2, 2, big) != 42) return 1;
  const size_t directory = number(tiff + 4, 4, big);
  if (directory > size - 2 || size < 10) return 1;
  const size_t entries = number(tiff + directory, 2, big);
  for (size_t i = 0; i < entries; i++) {
    const size_t at = directory + 2 + 12 * i;
    if (at + 12 > size) return 1;
    if (number(tiff + at, 2, big) == 0x0112 && number(tiff + at + 2, 2, big) == 3) {
      const uint32_t value = number(tiff + at + 8, 2, big);
      return value >= 1 && value <= 8 ? (int)value : 1;
    }
  }
  return 1;
}

// Only called where errors may jump.
static void begin(
    struct jpeg_decompress_struct *decoder, const uint8_t *bytes, size_t count, ci_header *header) {
  jpeg_mem_src(decoder, bytes, count);
  jpeg_save_markers(decoder, JPEG_APP0 + 1, 0xffff);
  jpeg_read_header(decoder, TRUE);
  header->width = decoder->image_width;
  header->height = decoder->image_height;
  header->is_cmyk = decoder->num_components == 4;
  header->channels = decoder->num_components == 1 ? 1 : header->is_cmyk ? 4 : 3;
  header->bits = 8;
  // A block of 64 pixels takes at least one bit in the scan that has its mean, so a file's bytes limit the picture;
  // arithmetic coding can do with less.
  const uint64_t blocks = ((uint64_t)header->width + 7) / 8 * (((uint64_t)header->height + 7) / 8);
  header->least_bytes = decoder->arith_code ? 0 : blocks / 8;
  header->orientation = 1;
  for (jpeg_saved_marker_ptr marker = decoder->marker_list; marker; marker = marker->next) {
    if (marker->marker != JPEG_APP0 + 1) continue;
    header->orientation = orientation(marker->data, marker->data_length);
    if (header->orientation != 1) break;
  }
}

bool ci_jpeg_header(const uint8_t *bytes, size_t count, ci_header *header, ci_message *message) {
  struct jpeg_decompress_struct decoder;
  errors e;
  set_errors(&e, message);
  memset(&decoder, 0, sizeof decoder);
  decoder.err = &e.manager;
  if (setjmp(e.jump)) {
    jpeg_destroy_decompress(&decoder);
    return false;
  }
  jpeg_create_decompress(&decoder);
  begin(&decoder, bytes, count, header);
  jpeg_destroy_decompress(&decoder);
  return true;
}

bool ci_jpeg_read(
    const uint8_t *bytes, size_t count, const ci_header *header, uint8_t *pixels,
    ci_message *message) {
  struct jpeg_decompress_struct decoder;
  struct jpeg_progress_mgr progress;
  errors e;
  set_errors(&e, message);
  memset(&decoder, 0, sizeof decoder);
  decoder.err = &e.manager;
  if (setjmp(e.jump)) {
    jpeg_destroy_decompress(&decoder);
    return false;
  }
  jpeg_create_decompress(&decoder);
  memset(&progress, 0, sizeof progress);
  progress.progress_monitor = on_progress;
  decoder.progress = &progress;
  ci_header found;
  begin(&decoder, bytes, count, &found);
  decoder.out_color_space = header->channels == 1 ? JCS_GRAYSCALE : header->is_cmyk ? JCS_CMYK : JCS_RGB;
  jpeg_start_decompress(&decoder);
  const size_t row = (size_t)header->width * (size_t)header->channels;
  if (found.width != header->width || found.height != header->height ||
      decoder.output_components != header->channels || decoder.output_width != header->width ||
      decoder.output_height != header->height) {
    snprintf(message->text, sizeof message->text, "its header changed while it was read");
    longjmp(e.jump, 1);
  }
  while (decoder.output_scanline < decoder.output_height) {
    uint8_t *line = pixels + decoder.output_scanline * row;
    if (jpeg_read_scanlines(&decoder, &line, 1) != 1) break;
  }
  jpeg_finish_decompress(&decoder);
  // Adobe's programs store how much ink is left out.
  if (header->is_cmyk && decoder.saw_Adobe_marker)
    for (size_t i = 0; i < row * header->height; i++) pixels[i] = (uint8_t)(255 - pixels[i]);
  jpeg_destroy_decompress(&decoder);
  return true;
}

bool ci_jpeg_write(
    const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int quality,
    uint8_t **bytes, size_t *count, ci_message *message) {
  struct jpeg_compress_struct encoder;
  errors e;
  // libjpeg keeps these addresses; what a jump finds in them has to be what was written last.
  unsigned char *volatile *result = malloc(sizeof *result);
  unsigned long *size = malloc(sizeof *size);
  if (!result || !size) {
    free((void *)result);
    free(size);
    snprintf(message->text, sizeof message->text, "there is no memory left");
    return false;
  }
  *result = NULL;
  *size = 0;
  set_errors(&e, message);
  memset(&encoder, 0, sizeof encoder);
  encoder.err = &e.manager;
  if (setjmp(e.jump)) {
    jpeg_destroy_compress(&encoder);
    free(*result);
    free((void *)result);
    free(size);
    return false;
  }
  jpeg_create_compress(&encoder);
  jpeg_mem_dest(&encoder, (unsigned char **)result, size);
  encoder.image_width = width;
  encoder.image_height = height;
  encoder.input_components = channels;
  encoder.in_color_space = channels == 1 ? JCS_GRAYSCALE : channels == 4 ? JCS_CMYK : JCS_RGB;
  jpeg_set_defaults(&encoder);
  jpeg_set_quality(&encoder, quality, TRUE);
  jpeg_start_compress(&encoder, TRUE);
  const size_t row = (size_t)width * (size_t)channels;
  while (encoder.next_scanline < height) {
    // libjpeg does not write to its input, which its type would allow.
    uint8_t *line = (uint8_t *)(uintptr_t)(pixels + encoder.next_scanline * row);
    jpeg_write_scanlines(&encoder, &line, 1);
  }
  jpeg_finish_compress(&encoder);
  jpeg_destroy_compress(&encoder);
  *bytes = *result;
  *count = *size;
  free((void *)result);
  free(size);
  return true;
}
