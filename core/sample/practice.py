"""The variables from which the sample shop's destination takes the stand-in's keys."""

REST_API_KEY, PROJECT_KEY = "PRACTICE_REST_API_KEY", "PRACTICE_PROJECT_KEY"
