"""What the addon costs: each measure once without and once with it, in one process.

`measures` holds one small function per measure; a further capability adds its own.
"""
