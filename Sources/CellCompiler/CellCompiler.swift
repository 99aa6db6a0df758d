// The first source file of CellCompiler.
