"""Numbers about numbers: intervals with stated error rates. Pure, and knows nothing of media."""
