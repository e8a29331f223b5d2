"""A visual playground in which one sees how text comes out of a probability distribution.

`from playground import show` gives the players of its pages in a notebook; everything else is in
the packages beneath.
"""

from playground import lazy

__getattr__, __dir__ = lazy.exports(__name__, {"pages.notebook": ("replay", "show")})
