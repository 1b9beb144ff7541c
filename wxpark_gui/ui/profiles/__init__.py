"""The dialog of the profiles, and the menu that switches between them."""
