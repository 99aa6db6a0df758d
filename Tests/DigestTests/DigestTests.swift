// The first tests of Digest.
