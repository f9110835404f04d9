"""What tests of all kinds use: a running service, servers, clocks and values."""
