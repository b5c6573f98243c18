"""Papers to hand out: Markdown in, PDF out, without a system library and without the network."""
