#include "CDelimited.h"

#include <string.h>

// What ends a field that is not quoted.
typedef struct {
  bool ends[256];
} endings;

static bool is_space(uint8_t byte, uint8_t delimiter) {
  return byte == ' ' || (byte == '\t' && delimiter != '\t');
}

// The end of the line end at `at`, where a line feed may follow; 0 if that cannot be known yet.
static size_t after_line_end(const uint8_t *text, size_t at, size_t count, bool is_last) {
  if (text[at] == '\n') return at + 1;
  if (at + 1 < count) return text[at + 1] == '\n' ? at + 2 : at + 1;
  return is_last ? at + 1 : 0;
}

cd_outcome cd_split(
    const cd_format *format, cd_progress *progress, const uint8_t *text, size_t count, bool is_last,
    cd_field *fields, size_t field_capacity, size_t *lines, size_t record_capacity) {
  const uint8_t delimiter = format->delimiter, quote = format->quote;
  endings special;
  memset(&special, 0, sizeof special);
  special.ends[delimiter] = special.ends['\n'] = special.ends['\r'] = true;

  size_t position = 0, filled = 0;
  progress->records = 0;
  progress->position = 0;
  while (position < count) {
    const size_t first_line = progress->line;
    const size_t first_field = filled;
    size_t line = first_line, at = position;

    // Lines of nothing but spaces, and comments.
    if (is_space(text[at], delimiter) || text[at] == '\n' || text[at] == '\r' ||
        (format->comment && text[at] == format->comment)) {
      const bool is_comment = format->comment && text[at] == format->comment;
      size_t end = at;
      if (is_comment)
        while (end < count && text[end] != '\n' && text[end] != '\r') end++;
      else
        while (end < count && is_space(text[end], delimiter)) end++;
      if (end == count) {
        if (!is_last) return CD_DONE;
        progress->position = count;
        return CD_DONE;
      }
      if (text[end] == '\n' || text[end] == '\r') {
        const size_t next = after_line_end(text, end, count, is_last);
        if (next == 0) return CD_DONE;
        progress->line = line + 1;
        progress->position = position = next;
        continue;
      }
    }

    if (progress->records == record_capacity) return CD_FULL;
    bool is_open = true;
    while (is_open) {
      if (filled == field_capacity) return CD_FULL;
      cd_field *field = &fields[filled];
      size_t start = at, end;
      uint32_t flags = 0;
      if (format->trims)
        while (start < count && is_space(text[start], delimiter)) start++;
      if (quote && start < count && text[start] == quote) {
        start++;
        flags = CD_QUOTED;
        const size_t quote_line = line, quote_column = filled - first_field;
        size_t scan = start;
        for (;;) {
          if (scan == count) {
            if (!is_last) return CD_DONE;
            progress->fault_line = quote_line;
            progress->fault_column = quote_column;
            return CD_OPEN_QUOTE;
          }
          const uint8_t byte = text[scan];
          if (byte == quote) {
            if (scan + 1 == count) {
              if (!is_last) return CD_DONE;
              break;
            }
            if (text[scan + 1] != quote) break;
            flags |= CD_DOUBLED;
            scan += 2;
            continue;
          }
          if (byte == '\n') {
            line++;
          } else if (byte == '\r') {
            if (scan + 1 == count && !is_last) return CD_DONE;
            if (scan + 1 == count || text[scan + 1] != '\n') line++;
          }
          scan++;
        }
        end = scan;
        at = scan + 1;
        if (format->trims)
          while (at < count && is_space(text[at], delimiter)) at++;
        if (at < count && !special.ends[text[at]]) {
          progress->fault_line = line;
          progress->fault_column = filled - first_field;
          return CD_TEXT_AFTER_QUOTE;
        }
      } else {
        at = start;
        while (at < count && !special.ends[text[at]]) at++;
        end = at;
        if (format->trims)
          while (end > start && is_space(text[end - 1], delimiter)) end--;
      }
      // The caller never gives more bytes than a size can count.
      field->start = (uint32_t)start;
      field->size = (uint32_t)(end - start) | flags;
      filled++;
      if (at == count) {
        if (!is_last) return CD_DONE;
        is_open = false;
      } else if (text[at] == delimiter) {
        at++;
        // A delimiter at the very end opens one more field, which is empty.
        if (at == count) {
          if (!is_last) return CD_DONE;
          if (filled == field_capacity) return CD_FULL;
          fields[filled++] = (cd_field){.start = (uint32_t)at, .size = 0};
          is_open = false;
        }
      } else {
        const size_t next = after_line_end(text, at, count, is_last);
        if (next == 0) return CD_DONE;
        at = next;
        line++;
        is_open = false;
      }
    }
    const size_t width = filled - first_field;
    if (progress->width == 0) progress->width = width;
    if (width != progress->width) {
      progress->fault_line = first_line;
      progress->fault_column = width < progress->width ? width : progress->width;
      progress->fault_found = width;
      return CD_RAGGED;
    }
    lines[progress->records++] = first_line;
    progress->line = line;
    progress->position = position = at;
  }
  return CD_DONE;
}

size_t cd_undouble(const uint8_t *text, cd_field field, uint8_t quote, uint8_t *out) {
  const size_t end = field.start + (field.size & CD_SIZE);
  size_t written = 0;
  for (size_t at = field.start; at < end; at++) {
    out[written++] = text[at];
    if (text[at] == quote) at++;
  }
  return written;
}

size_t cd_utf8_fault(const uint8_t *text, size_t count) {
  size_t at = 0;
  while (at < count) {
    uint64_t word;
    if (count - at >= 8) {
      memcpy(&word, text + at, 8);
      if ((word & 0x8080808080808080u) == 0) {
        at += 8;
        continue;
      }
    }
    const uint8_t lead = text[at];
    if (lead < 0x80) {
      at++;
      continue;
    }
    // The shortest forms only, no surrogates, nothing above U+10FFFF (Unicode's table 3-7).
    size_t more;
    uint8_t low = 0x80, high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) {
      more = 1;
    } else if (lead >= 0xe0 && lead <= 0xef) {
      more = 2;
      if (lead == 0xe0) low = 0xa0;
      if (lead == 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      more = 3;
      if (lead == 0xf0) low = 0x90;
      if (lead == 0xf4) high = 0x8f;
    } else {
      return at;
    }
    if (count - at <= more) return at;
    if (text[at + 1] < low || text[at + 1] > high) return at;
    for (size_t k = 2; k <= more; k++)
      if ((text[at + k] & 0xc0) != 0x80) return at;
    at += more + 1;
  }
  return count;
}

uint64_t cd_hash(const uint8_t *text, size_t count) {
  uint64_t hash = 0x9e3779b97f4a7c15u ^ count;
  while (count >= 8) {
    uint64_t word;
    memcpy(&word, text, 8);
    hash = (hash ^ word) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 32;
    text += 8;
    count -= 8;
  }
  if (count) {
    uint64_t word = 0;
    memcpy(&word, text, count);
    hash = (hash ^ word) * 0xff51afd7ed558ccdu;
    hash ^= hash >> 32;
  }
  return hash;
}
