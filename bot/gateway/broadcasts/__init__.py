"""Broadcasts: one message to many, at a pace; each recipient with an outcome and a reason."""
