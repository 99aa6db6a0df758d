// The first source file of CellWorker.
