"""Keys: names, tables, presets, the rules that a keymap keeps, and the map that is in force."""
