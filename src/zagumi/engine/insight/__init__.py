"""What a plan means: alternatives compared, choices explained."""
