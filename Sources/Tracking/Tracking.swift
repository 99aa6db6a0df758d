// The first source file of Tracking.
