// The first source file of Martlet.
