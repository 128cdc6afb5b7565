-- Live sessions and activity: names that people give their devices, a lifetime of their own for
-- sessions, the country that was never seen before, and how many events each day had.

-- What the person calls the device; NULL where they gave it no name.
ALTER TABLE strongroom.devices ADD COLUMN name TEXT COLLATE "C";

-- The longest lifetime of this person's sessions, in microseconds; NULL where the policy's holds.
ALTER TABLE strongroom.accounts ADD COLUMN session_lifetime BIGINT CHECK (session_lifetime > 0);

ALTER TABLE strongroom.sessions
ADD COLUMN is_new_country BIGINT NOT NULL DEFAULT 0 CHECK (is_new_country IN (0, 1));

-- How many events an account had on each day (days since 1970-01-01 UTC), kept by the events
-- themselves, so that a list knows its length and a chart its bars without counting.
CREATE TABLE strongroom.activity_days (
    subject_id TEXT COLLATE "C" NOT NULL,
    day        BIGINT NOT NULL,
    total      BIGINT NOT NULL CHECK (total >= 0),
    PRIMARY KEY (subject_id, day)
);
CREATE FUNCTION strongroom.activity_days_count_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO strongroom.activity_days AS kept (subject_id, day, total)
    SELECT subject_id, at / 86400000000, count(*) FROM come
    WHERE subject_id IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2
    ON CONFLICT (subject_id, day) DO UPDATE SET total = kept.total + excluded.total;
    RETURN NULL;
END $$;
CREATE TRIGGER activity_day_counts_event AFTER INSERT ON strongroom.audit_events
REFERENCING NEW TABLE AS come
FOR EACH STATEMENT EXECUTE FUNCTION strongroom.activity_days_count_events();
CREATE FUNCTION strongroom.activity_days_forget_events() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE strongroom.activity_days AS kept SET total = kept.total - left_over.total
    FROM (
        SELECT subject_id, at / 86400000000 AS day, count(*) AS total FROM gone
        WHERE subject_id IS NOT NULL GROUP BY 1, 2
    ) AS left_over
    WHERE kept.subject_id = left_over.subject_id AND kept.day = left_over.day;
    DELETE FROM strongroom.activity_days AS kept
    USING (SELECT DISTINCT subject_id, at / 86400000000 AS day FROM gone) AS touched
    WHERE kept.subject_id = touched.subject_id AND kept.day = touched.day AND kept.total = 0;
    RETURN NULL;
END $$;
CREATE TRIGGER activity_day_forgets_event AFTER DELETE ON strongroom.audit_events
REFERENCING OLD TABLE AS gone
FOR EACH STATEMENT EXECUTE FUNCTION strongroom.activity_days_forget_events();
