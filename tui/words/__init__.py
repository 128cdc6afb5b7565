"""Words: what people read, by area; screens, commands and plain mode take them from here."""
