"""The local stack: private servers, its services, how it is set up."""
