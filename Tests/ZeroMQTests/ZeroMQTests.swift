// The first tests of ZeroMQ.
