"""What the bot does: verbs that tie the channels, the store and the dialogue together."""
