// The first tests of Session.
