"""The overseas départements."""

OVERSEAS_REGIONS = {"971": "GP", "972": "MQ", "973": "GF", "974": "RE", "976": "YT"}
"""Code of the département → its ISO 3166-1 code, the region of its phone numbers."""
