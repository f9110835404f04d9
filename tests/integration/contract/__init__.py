"""What the code of one service states is fed to the others that listen, on real stores."""
