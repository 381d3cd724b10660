"""Named benchmarks: every figure comes with its protocol, its split and n."""
