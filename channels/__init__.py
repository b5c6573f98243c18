"""How messages travel. Nothing here knows of consultations, nor of one another."""
