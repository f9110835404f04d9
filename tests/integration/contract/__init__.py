"""What the code of one service publishes is handed to its subscribers, on real stores."""
