"""What should have been filed by now and was not (不归档 [seed 5.6])."""
