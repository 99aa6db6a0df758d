// The first tests of Plots.
