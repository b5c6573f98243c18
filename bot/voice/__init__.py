"""What we hear: bytes of a recording in, plain values out; no database, no network."""
