"""Every test; the folders mirror those of the sources, and what several tests share stands beside them."""
