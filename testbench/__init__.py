"""Every test; its folders mirror those of the sources."""
