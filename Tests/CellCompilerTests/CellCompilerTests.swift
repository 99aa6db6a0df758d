// The first tests of CellCompiler.
