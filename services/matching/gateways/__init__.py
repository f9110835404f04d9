"""The outside world of matching: the files people bring and take away (`binome match`)."""
