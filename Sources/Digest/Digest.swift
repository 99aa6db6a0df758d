// The first source file of Digest.
