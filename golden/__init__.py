"""The mathematics: systems, learning rules, and the integer program they become."""
