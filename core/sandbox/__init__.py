"""A stand-in for Batch that speaks its protocol, keeps its rules and fails when told to."""
