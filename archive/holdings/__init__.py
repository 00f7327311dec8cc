"""The holdings: fonds, file plan, archival codes [seed 5.1, 5.3].

Read *fonds → file_plan → code → actions → queries*.
"""
