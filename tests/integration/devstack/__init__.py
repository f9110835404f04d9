"""The local house: private servers, its services, how it is set up."""
