"""A labelled set of our own, and how the detector does on it."""
