"""Server, gateway and participants together: what a scenario author sees."""
