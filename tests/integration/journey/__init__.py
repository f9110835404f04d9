"""Services that run whole in this process, on real servers, as they do in life."""
