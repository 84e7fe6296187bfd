"""Is that right: measurement and clause to finding, across attempts."""
