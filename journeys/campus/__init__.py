"""A campus for journeys: real identity providers that are not ours, each in a process of its own."""
