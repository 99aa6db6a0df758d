// The first source file of Session.
