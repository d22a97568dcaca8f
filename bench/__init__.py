"""The benchmarks: an invented college, the hall beside the least a page can cost on it, one report. Start with bin/bench -h."""
