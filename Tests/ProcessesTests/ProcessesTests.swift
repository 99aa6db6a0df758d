// The first tests of Processes.
