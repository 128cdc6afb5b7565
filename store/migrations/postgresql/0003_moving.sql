-- Moving: a store that is moved elsewhere takes no act any more. Each write begins with its act, so
-- this one guard stops every program, whatever else it meant to write.
CREATE FUNCTION strongroom.act_waits_for_no_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM strongroom.store_facts WHERE name = 'moving') THEN
        RAISE EXCEPTION USING ERRCODE = 'SR002', MESSAGE = 'the store is moved';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER act_waits_for_no_move BEFORE INSERT ON strongroom.acts
FOR EACH STATEMENT EXECUTE FUNCTION strongroom.act_waits_for_no_move();
