// The first source file of ZeroMQ.
