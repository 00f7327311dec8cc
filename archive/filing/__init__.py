"""From what comes in to filed records: deliveries, drafts, the desk."""
