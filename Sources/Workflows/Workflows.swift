// The first source file of Workflows.
