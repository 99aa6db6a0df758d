// The first tests of JupyterProtocol.
