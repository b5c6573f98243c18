"""Audio sessions: a programme to listen to, put together from a readable script."""
