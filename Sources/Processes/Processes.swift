// The first source file of Processes.
