// The first tests of Cluster.
