// The first source file of Tensors.
