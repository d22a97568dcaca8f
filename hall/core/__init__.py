"""Core: what every module needs and no module owns. No table, no import of a module, every file named after one thing."""
