// The first tests of Tracking.
