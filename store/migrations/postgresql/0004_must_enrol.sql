-- Operators: whose second factor was reset must set it up again before anything else.
ALTER TABLE strongroom.accounts ADD COLUMN must_enrol BIGINT NOT NULL DEFAULT 0 CHECK (must_enrol IN (0, 1));
