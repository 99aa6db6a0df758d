// The first tests of Martlet.
