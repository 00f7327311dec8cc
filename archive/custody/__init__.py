"""Custody of invoice books and their stubs (票据管理), [seed 3.1]–[seed 3.6].

``reading`` finds on the scan of a bound volume what stands on its stubs; everything else in this
capability decides what that means.
"""
