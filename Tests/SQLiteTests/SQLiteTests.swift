// The first tests of SQLite.
