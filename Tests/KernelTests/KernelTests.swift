// The first tests of Kernel.
