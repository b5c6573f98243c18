"""Local servers that play what we talk with."""
