"""What several entrances of matching do alike: working out whom to recruit, letting an
establishment choose."""
