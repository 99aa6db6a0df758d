// The first source file of SourceKit.
