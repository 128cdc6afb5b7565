-- Live sessions and activity: names that people give their devices, a lifetime of their own for
-- sessions, the country that was never seen before, and how many events each day had.

-- What the person calls the device; NULL where they gave it no name.
ALTER TABLE devices ADD COLUMN name TEXT;

-- The longest lifetime of this person's sessions, in microseconds; NULL where the policy's holds.
ALTER TABLE accounts ADD COLUMN session_lifetime INTEGER CHECK (session_lifetime > 0);

ALTER TABLE sessions ADD COLUMN is_new_country INTEGER NOT NULL DEFAULT 0 CHECK (is_new_country IN (0, 1));

-- What was only held against the embedded list of common passwords was never screened for breaches.
UPDATE accounts SET breach_outcome = 'clear_embedded' WHERE breach_outcome = 'clear_offline';
UPDATE accounts SET breach_outcome = 'found_embedded' WHERE breach_outcome = 'found_offline';

-- How many events an account had on each day (days since 1970-01-01 UTC), kept by the events
-- themselves, so that a list knows its length and a chart its bars without counting.
CREATE TABLE activity_days (
    subject_id TEXT NOT NULL,
    day        INTEGER NOT NULL,
    total      INTEGER NOT NULL CHECK (total >= 0),
    PRIMARY KEY (subject_id, day)
) STRICT, WITHOUT ROWID;
INSERT INTO activity_days (subject_id, day, total)
SELECT subject_id, at / 86400000000, count(*) FROM audit_events
WHERE subject_id IS NOT NULL GROUP BY subject_id, at / 86400000000;
CREATE TRIGGER activity_day_counts_event AFTER INSERT ON audit_events
WHEN NEW.subject_id IS NOT NULL
BEGIN
    INSERT INTO activity_days (subject_id, day, total) VALUES (NEW.subject_id, NEW.at / 86400000000, 1)
    ON CONFLICT (subject_id, day) DO UPDATE SET total = total + 1;
END;
CREATE TRIGGER activity_day_forgets_event AFTER DELETE ON audit_events
WHEN OLD.subject_id IS NOT NULL
BEGIN
    UPDATE activity_days SET total = total - 1
    WHERE subject_id = OLD.subject_id AND day = OLD.at / 86400000000;
    DELETE FROM activity_days
    WHERE subject_id = OLD.subject_id AND day = OLD.at / 86400000000 AND total = 0;
END;
