// The first source file of Plots.
