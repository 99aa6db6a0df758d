// The first source file of Assistance.
