// The first source file of Cells.
