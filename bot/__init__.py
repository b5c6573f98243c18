"""Palabre: a consultation held by phone."""
