"""Retention (保管期限): what falls due, who appraises it, who signs, and how it is destroyed.

Due dates are derived, never stored (:mod:`archive.retention.period`); a hold saves a record up to
the last second; nothing is destroyed but what a panel judged, five people signed for, the
company's leader approved and witnesses counted [seed 5.4].
"""
