"""Queues and buffers between the host port, the sequencer and the ring. Imports Amaranth only."""
