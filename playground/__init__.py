"""A visual playground in which one sees how text comes out of a probability distribution."""
