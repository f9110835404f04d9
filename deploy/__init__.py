"""How Binôme is run: the `binome` command, local servers, container and monitoring files."""
