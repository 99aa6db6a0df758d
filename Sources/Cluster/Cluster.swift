// The first source file of Cluster.
