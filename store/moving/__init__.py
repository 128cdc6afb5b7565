"""Moving a store to another place, be it of another engine: frozen, copied, compared row by row, finished."""
