-- Moving: a store that is moved elsewhere takes no act any more. Each write begins with its act, so
-- this one guard stops every program, whatever else it meant to write.
CREATE TRIGGER act_waits_for_no_move BEFORE INSERT ON acts
WHEN EXISTS (SELECT 1 FROM store_facts WHERE name = 'moving')
BEGIN
    SELECT RAISE(ABORT, 'the store is moved');
END;
