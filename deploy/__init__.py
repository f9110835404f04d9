"""How the house is run: the `binome` command, local servers, container and monitoring files."""
