"""All on one machine: private servers, the four services, a mailbox. Knows no business."""
