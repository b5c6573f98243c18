"""Reading aloud: what a message says, made into a voice message and kept."""
