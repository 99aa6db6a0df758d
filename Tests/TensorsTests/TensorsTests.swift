// The first tests of Tensors.
