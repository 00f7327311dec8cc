"""From a scan as it arrives to page images: received in a stream, checked, rendered, bounded.

Read in this order: ``names`` and ``spool`` (bytes arrive) → ``inspect`` (what is it really) →
``sandbox`` (the process in which hostile bytes meet C libraries) → ``inspector`` (the two
together) → ``raster`` (pages as images) → ``watch`` (the folder scanners write to).
"""
