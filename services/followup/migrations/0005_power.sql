-- Which person of the association looked into an alert.
ALTER TABLE alerts ADD COLUMN handled_by uuid;
