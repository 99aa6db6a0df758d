#pragma once
#include <sqlite3.h>

/// SQLITE_TRANSIENT, a cast macro that Swift cannot import: SQLite copies the bytes.
static inline sqlite3_destructor_type csqlite_transient(void) { return SQLITE_TRANSIENT; }
