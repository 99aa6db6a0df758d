// The first tests of Cells.
