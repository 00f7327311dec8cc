"""Where paper stands: storeroom, shelf, box, label, movement, loan, stocktake."""
