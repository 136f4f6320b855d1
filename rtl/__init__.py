"""From a typed program to Amaranth: schedule, array, learning, host link."""
