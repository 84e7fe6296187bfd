"""The suite again and again: whether verdicts change although nothing did."""
