// The first tests of Assistance.
