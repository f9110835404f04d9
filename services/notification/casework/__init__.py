"""What events, results of sending and the clock may all lead to."""
