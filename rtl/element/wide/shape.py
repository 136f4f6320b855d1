"""What an element with several banks has beside its geometry; scheduler and cycle model know it, too."""

from rtl.hls.plan.width import Links, Width

__all__ = ["Links", "Width"]
