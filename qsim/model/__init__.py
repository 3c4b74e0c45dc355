"""What the floors above share: what a scenario is made of, what a check sees, what a run leaves behind."""
