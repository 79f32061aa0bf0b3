"""What settled claims teach, and how far scores can be believed: pure, without a framework."""
