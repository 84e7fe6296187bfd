"""What must hold: the catalogue (one TOML file per area) and its model."""
