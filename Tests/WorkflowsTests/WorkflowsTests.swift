// The first tests of Workflows.
