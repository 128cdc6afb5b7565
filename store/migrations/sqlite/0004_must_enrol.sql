-- Operators: whose second factor was reset must set it up again before anything else.
ALTER TABLE accounts ADD COLUMN must_enrol INTEGER NOT NULL DEFAULT 0 CHECK (must_enrol IN (0, 1));
