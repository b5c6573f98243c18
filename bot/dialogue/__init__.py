"""How a conversation goes: pure values in, pure values out; no clock, network, database or files."""
