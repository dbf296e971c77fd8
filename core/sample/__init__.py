"""A believable shop, made up from a seed, for benchmarks, long runs and a first visit."""
