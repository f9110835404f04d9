-- What was said of somebody may be heard of before they are: it counts from the day they are known.

CREATE TABLE clearances_ahead (
    mentor_id     uuid PRIMARY KEY,
    cleared_until date                 -- NULL: not cleared
);
CREATE TABLE adults (
    person_id uuid PRIMARY KEY         -- 18 since; a request from before may still be on its way
);
