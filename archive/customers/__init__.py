"""Customer dossiers (一户一档) and the registers of special customers."""
