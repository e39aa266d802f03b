"""What every phase stands on, and what would make sense in another product too. No models, no Django."""
