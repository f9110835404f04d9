"""Each event becomes the intent to tell somebody; received twice, it is still the same intent."""
