"""The trial: real processes, killed and badly served for a while; then one counts what is lost."""
