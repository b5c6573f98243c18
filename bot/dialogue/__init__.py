"""How a conversation goes: pure values in and out; no clock, network, database or files."""
