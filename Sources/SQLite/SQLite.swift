// The first source file of SQLite.
