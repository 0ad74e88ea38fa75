"""One customer's needs played from outside, against a real server.

`__main__` runs the steps of `steps` in order; `clients` are the outsiders that act in
them, `timeline` tells what the addon noted meanwhile. A further capability adds a
function to `steps` and its name to the list at the end of that file.
"""
