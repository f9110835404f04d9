-- Since when (real time) registration has had no word of the pair that a message introduces.
ALTER TABLE messages ADD COLUMN waiting_since timestamptz;
